import { isOfCluster, type Registration } from "../../clusters/registrations";

/** A cluster of a stack file. */
export interface Wanted {
    readonly name: string;
    /** Its name in Argo CD. */
    readonly argoCdName: string;
    /** URL of its API server, with which the stack would register it. */
    readonly server: string;
    /** The Secret that the stack file already names. */
    readonly clusterSecret: string | undefined;
}

/**
 * The registration of a cluster by another tool or by hand; undefined if there is none.
 *
 * @throws Error if there is more than one, or the stack file names another Secret
 */
export function registrationByOtherMeans(
    { name, argoCdName, server, clusterSecret }: Wanted,
    existing: readonly Registration[],
): Registration | undefined {
    const others = existing.filter(({ stack }) => stack === undefined);
    const [found, ...more] = others.filter((one) => isOfCluster(one, { name: argoCdName, server }));
    if (found !== undefined && more.length > 0) {
        throw new Error(
            `${name}: several registrations are candidates: ${[found, ...more].map(describe).join("; ")}. Argo CD ` +
                "selects an arbitrary one of two with the same URL. Remove the label argocd.argoproj.io/secret-type from " +
                "those whose Applications are not needed, so that Argo CD unregisters them; then adopt again",
        );
    }
    if (found !== undefined && clusterSecret !== undefined && clusterSecret !== found.secret) {
        throw new Error(
            `hubspoke:clusters.${name}.clusterSecret: is "${clusterSecret}", but the cluster is registered as ` +
                `${describe(found)}. Correct the setting, or remove it`,
        );
    }
    return found;
}

/** Why there is nothing to adopt, and which registrations the hub has. */
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
        `${stack}: nothing to adopt: the hub has no registration of ${clusters} by another tool or by hand.`,
        ...(own.length > 0 ? [`This stack registered ${own.map(describe).join("; ")}.`] : []),
        strangers.length > 0
            ? `Registered by another tool or by hand: ${strangers.map(describe).join("; ")}. To adopt one, write its name or ` +
              "its URL (clusters.NAME.name, clusters.NAME.server) in the stack file."
            : "No cluster is registered by another tool or by hand: pulumi up registers the cluster.",
    ].join(" ");
}

function describe({ secret, argoCdName, server }: Registration): string {
    return `"${argoCdName}" at ${server} (Secret ${secret})`;
}
