import type { Registration } from "../clusters/registrations";

/**
 * Variable with the names of clusters that do not answer, with commas between: a command that changes nothing on them
 * has the preflight not connect to them.
 */
const unreachableVariable = "HUBSPOKE_UNREACHABLE";

/** The variables of a `pulumi` whose targets are not on these clusters. */
export function besideUnreachable(clusters: readonly string[]): Record<string, string> {
    // The second one is of the Kubernetes provider: it leaves the objects of such a cluster as the state has them.
    return clusters.length === 0
        ? {}
        : { [unreachableVariable]: clusters.join(","), PULUMI_K8S_SKIP_UPDATE_UNREACHABLE: "true" };
}

/** The clusters that the variable names. */
export function namedUnreachable(environment: NodeJS.ProcessEnv = process.env): string[] {
    return (environment[unreachableVariable] ?? "").split(",").filter((name) => name !== "");
}

/** The API servers of those clusters, from this stack's registrations on the hub; what has none is missing. */
export function unreachableServers(
    clusters: readonly string[],
    existing: readonly Registration[],
    stack: string,
): Record<string, string> {
    const own = existing.filter((one) => one.stack === stack && clusters.includes(one.cluster));
    return Object.fromEntries(own.map(({ cluster, server }) => [cluster, server]));
}

/**
 * Refuses a cluster that does not answer and that the hub does not know, unless the stack has nothing of it: a run that
 * leaves it out would delete what the state has.
 *
 * @param servers the API servers that are known
 * @param held names of the clusters in the stack's state; undefined where it is not read
 * @throws Error that names each such cluster
 */
export function refuseUnknownServers(
    unreachable: readonly string[],
    servers: Readonly<Record<string, string>>,
    held: readonly string[] = unreachable,
): void {
    const unknown = unreachable.filter((name) => servers[name] === undefined && held.includes(name));
    if (unknown.length > 0) {
        const lines = unknown.map(
            (name) =>
                `hubspoke:clusters.${name}: does not answer, and the hub has no registration of it, but the stack's state has ` +
                "it. Bring the cluster back, or take it out by `npm run forget`",
        );
        throw new Error(lines.join("\n  "));
    }
}
