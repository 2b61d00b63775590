import { isOfCluster, type Registration } from "../../clusters/registrations";

/** A cluster of a stack file. */
export interface Wanted {
    readonly name: string;
    /** URL of its API server, as the stack would register it. */
    readonly server: string;
    /** The Secret that the stack file names already. */
    readonly clusterSecret: string | undefined;
}

/**
 * The registration of a cluster that other means made; nothing where there is none.
 *
 * @throws Error when there are several, or the stack file names another Secret
 */
export function registrationByOtherMeans(
    { name, server, clusterSecret }: Wanted,
    existing: readonly Registration[],
): Registration | undefined {
    const [found, ...more] = existing.filter((one) => one.stack === undefined && isOfCluster(one, { name, server }));
    if (found !== undefined && more.length > 0) {
        throw new Error(
            `${name}: several registrations are candidates: ${[found, ...more].map(describe).join("; ")}. Argo CD ` +
                "takes an arbitrary one of two with one URL. Remove the label argocd.argoproj.io/secret-type from those " +
                "whose Applications nobody needs, which makes Argo CD forget them; then adopt again",
        );
    }
    if (found !== undefined && clusterSecret !== undefined && clusterSecret !== found.secret) {
        throw new Error(
            `hubspoke:clusters.${name}.clusterSecret: is "${clusterSecret}", and the cluster is registered as ` +
                `${describe(found)}. Correct the setting, or remove it`,
        );
    }
    return found;
}

/** Why there is nothing to adopt, and what the hub has instead. */
export function nothingToAdopt(
    stack: string,
    wanted: readonly Wanted[],
    existing: readonly Registration[],
    ownStack: (registration: Registration) => boolean,
): string {
    const clusters = wanted.map(({ name, server }) => `${name} (${server})`).join(", ");
    const own = existing.filter(ownStack);
    const strangers = existing.filter(({ stack: by }) => by === undefined);
    return [
        `${stack}: nothing to adopt: the hub has no registration of ${clusters} that other means made.`,
        ...(own.length > 0 ? [`This stack's own are ${own.map(describe).join("; ")}.`] : []),
        strangers.length > 0
            ? `By other means it has ${strangers.map(describe).join("; ")}. If one of these is meant, write its name or ` +
              "its URL (clusters.NAME, clusters.NAME.server) in the stack file."
            : "By other means it has none at all: pulumi up registers the cluster.",
    ].join(" ");
}

function describe({ secret, cluster, server }: Registration): string {
    return `"${cluster}" at ${server} (Secret ${secret})`;
}
