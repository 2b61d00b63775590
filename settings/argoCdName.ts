import { text } from "./kinds";

/**
 * A cluster's name in Argo CD as the cluster generator's `nameNormalized` (argo-cd, applicationset/utils,
 * `SanitizeName`). A name that is a DNS name already is the same afterwards.
 */
export function nameNormalized(name: string): string {
    const characters = [...name.toLowerCase().replace(/[^-a-z0-9.]/g, "-").slice(0, 253)];
    const isEdge = (character: string) => /[a-z0-9]/.test(character);
    return characters.slice(characters.findIndex(isEdge), characters.findLastIndex(isEdge) + 1).join("");
}

/** Characters that `agent-` leaves for the cluster in the name of an Application. */
const longest = 253 - "agent-".length;

export const argoCdName = text("the cluster's name in Argo CD", "arn:aws:eks:eu-west-1:111122223333:cluster/prod")
    .refine((name) => nameNormalized(name) !== "", 'has no letter or digit. Write for example "prod"')
    .refine((name) => name.length <= longest, `must be at most ${longest} characters`)
    .refine((name) => nameNormalized(name) !== "in-cluster", "is the name of the hub itself. Choose another name")
    .describe(
        "Name of the cluster in Argo CD, if it is registered there by another name, such as an ARN; `npm run adopt` needs " +
            "this. The agent's Application is `agent-<name>`, in lower case and with `-` for what a DNS name cannot have. " +
            "The default is the name in this map.",
    )
    .optional();

/** The cluster's name in Argo CD, from its key in `clusters` and its settings. */
export function argoCdNameOf(key: string, settings: { readonly name?: string | undefined } | undefined): string {
    return settings?.name ?? key;
}
