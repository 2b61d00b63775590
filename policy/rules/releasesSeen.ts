import { z } from "zod";
import { at } from "../read";
import { unrendered } from "../rendered";
import { rule } from "../rule";

export const releasesSeen = rule({
    name: "releases-seen",
    description: "The chart of every Helm release can be rendered, so that the other rules see what is in it.",
    options: z.strictObject({}),
    check: ({ type, props }) =>
        type === unrendered
            ? [`cannot be looked into: ${String(at(props, "reason"))}. Install Helm where the policies run`]
            : [],
});
