import type { ApplicationChange } from "./compareApplications";
import type { Change } from "./events";
import type { ManifestChange } from "./manifests";
import type { StackPreview } from "./stackPreview";

/** A resource that is deleted or replaced. */
export interface Danger {
    /** The stack whose cluster loses it. */
    readonly stack: string;
    /** The message, in one line of Markdown. */
    readonly text: string;
    /** Whether it is deleted on a production cluster, which needs explicit acceptance. */
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
 * The changes that a reviewer must not overlook, production first: resources that are deleted or replaced on a cluster,
 * Applications that vanish, and objects that an Application no longer delivers. Objects that a promotion will delete
 * count as deleted: a promotion does not ask again.
 */
export function dangers({ previews, applications, manifests, production }: DangerArgs): Danger[] {
    const living = new Map(applications.filter(({ what }) => what !== "vanishes").map((change) => [change.name, change]));
    const found = [
        ...previews.flatMap(({ stack, changes }) =>
            changes
                .filter(isDangerous)
                .map(({ operation, type, name }) => ({ stack, text: `${stack} **${operation}s** \`${type}\` \`${name}\`` })),
        ),
        ...applications
            .filter(({ what }) => what === "vanishes")
            .map(({ name, cluster, kept }) => ({
                stack: cluster.stack,
                text:
                    `Application \`${name}\` **vanishes** from ${cluster.name}` +
                    (kept ? "; the hub keeps it until it is annotated with `hubspoke/allow-delete=true`" : ""),
            })),
        ...manifests.flatMap(({ application, cluster, gone, when }) => {
            const stack = living.get(application)?.cluster.stack;
            const later = when === "promoted" ? ", with its next promotion" : "";
            return stack === undefined
                ? []
                : gone.map((object) => ({
                      stack,
                      text: `Application \`${application}\` **deletes** ${object} on ${cluster}${later}`,
                  }));
        }),
    ];
    const all = found.map((danger) => ({ ...danger, deletesInProduction: production.has(danger.stack) }));
    return [true, false].flatMap((first) => all.filter(({ deletesInProduction }) => deletesInProduction === first));
}

/** Whether a change deletes or replaces an object on a cluster. Passwords, references and components are not on one. */
export function isDangerous({ type, operation }: Pick<Change, "type" | "operation">): boolean {
    const isOnCluster = type.startsWith("kubernetes:") || type.startsWith("pulumi-nodejs:dynamic/");
    return isOnCluster && (operation === "delete" || operation === "replace");
}
