import { z } from "zod";
import { text } from "./kinds";

/** Who previews, and looks for drift: an identity that the program lets read what a stack made, and no more. */
export const previewers = z
    .strictObject(
        {
            kind: z.enum(["User", "Group"], 'is "User" or "Group". Write one of these'),
            name: text("the name by which the clusters know the identity", "hubspoke-previewers"),
        },
        "is no identity. Write for example `previewers: { kind: Group, name: hubspoke-previewers }`",
    )
    .optional();

/** Whom the program gives the rights to read. */
export type Previewers = NonNullable<z.output<typeof previewers>>;
