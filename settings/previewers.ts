import { z } from "zod";
import { text } from "./kinds";

export const previewers = z
    .strictObject(
        {
            kind: z
                .enum(["User", "Group"], 'must be "User" or "Group". Write one of these')
                .describe("Kind of the RBAC subject."),
            name: text("the name by which the clusters know the identity", "hubspoke-previewers").describe(
                "Name of the user or group.",
            ),
        },
        "is not a valid identity. Write for example `previewers: { kind: Group, name: hubspoke-previewers }`",
    )
    .describe("User or group that may read what this stack created, for `npm run preview` and drift detection.")
    .optional();

/** User or group that gets read access from the program. */
export type Previewers = NonNullable<z.output<typeof previewers>>;
