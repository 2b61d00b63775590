import type { ApplicationChange } from "./applications";
import type { ManifestChange } from "./manifests";
import type { StackPreview } from "./stackPreview";

/** Something that goes, or goes and comes again. */
export interface Danger {
    /** For people, in one line of Markdown. */
    readonly text: string;
    /** Whether something of a production cluster is deleted, which only an explicit word accepts. */
    readonly deletesInProduction: boolean;
}

export interface DangerArgs {
    readonly previews: readonly Pick<StackPreview, "stack" | "changes">[];
    readonly applications: readonly ApplicationChange[];
    readonly manifests: readonly ManifestChange[];
    /** Stacks whose clusters are production. */
    readonly production: ReadonlySet<string>;
}

/**
 * What a reviewer must not overlook, what concerns production first: whatever is deleted or replaced on a cluster,
 * Applications that vanish, and objects that an Application delivers no more.
 */
export function dangers({ previews, applications, manifests, production }: DangerArgs): Danger[] {
    const stackOf = new Map(applications.map(({ name, cluster }) => [name, cluster.stack]));
    const all = [
        ...previews.flatMap(({ stack, changes }) =>
            changes
                .filter(({ type, operation }) => isOnCluster(type) && (operation === "delete" || operation === "replace"))
                .map(({ operation, type, name }) => ({
                    text: `${stack}: **${operation}s** \`${type}\` \`${name}\``,
                    deletesInProduction: production.has(stack),
                })),
        ),
        ...applications
            .filter(({ what }) => what === "vanishes")
            .map(({ name, cluster, kept }) => ({
                text:
                    `Application \`${name}\` **vanishes** from ${cluster.name}` +
                    (kept ? "; the hub keeps it until it is annotated with `hubspoke/allow-delete=true`" : ""),
                deletesInProduction: production.has(cluster.stack),
            })),
        ...manifests
            .filter(({ application }) => applications.some(({ name, what }) => name === application && what !== "vanishes"))
            .flatMap(({ application, cluster, gone, when }) =>
                gone.map((object) => ({
                    text:
                        `Application \`${application}\` **deletes** ${object} on ${cluster}` +
                        (when === "promoted" ? ", with its next promotion" : ""),
                    deletesInProduction: when === "merged" && production.has(stackOf.get(application) ?? ""),
                })),
            ),
    ];
    return [true, false].flatMap((first) => all.filter(({ deletesInProduction }) => deletesInProduction === first));
}

/** Passwords, references and the program's own components are on no cluster. */
function isOnCluster(type: string): boolean {
    return type.startsWith("kubernetes:") || type.startsWith("pulumi-nodejs:dynamic/");
}
