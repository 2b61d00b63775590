import { z } from "zod";
import { sinceAnnotation } from "../../clusters/names";
import { at, isClusterSecret } from "../read";
import { rule } from "../rule";

const day = 24 * 60 * 60 * 1000;

export const tokenAge = rule({
    name: "token-age",
    description: "Argo CD's token for a cluster is not older than its limit.",
    options: z.strictObject({ days: z.int().min(1).default(90) }),
    check: ({ type, props }, { now, options: { days } }) => {
        const since = at(props, "metadata", "annotations", sinceAnnotation);
        if (!isClusterSecret({ type, props }) || typeof since !== "string") {
            return [];
        }
        const age = Math.floor((now - Date.parse(since)) / day);
        return age > days ? [`has a token that is ${age} days old, and the limit is ${days}. Run \`npm run rotate\``] : [];
    },
});
