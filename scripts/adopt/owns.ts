import type { Owns } from "../support/ownChanges";

/** What every stack of an environment has above its clusters; a first adoption creates it. */
const above = ["hubspoke:index:Environment", "pulumi:providers:kubernetes"];

/**
 * What an adoption changes: all that belongs to the adopted clusters, of which it deletes nothing.
 *
 * @param adopted names of these clusters
 * @param all names of all clusters of the stack, one of which may begin with another
 */
export function adoptionOwns(adopted: readonly string[], all: readonly string[]): Owns {
    return ({ operation, urn, type, name }) => {
        const isOwn = urn.includes("$hubspoke:index:Spoke")
            ? adopted.includes(clusterOf(name, all) ?? "")
            : above.includes(type) && operation === "create";
        // The empty path is all of a resource.
        return isOwn && operation !== "delete" ? [[]] : undefined;
    };
}

/** The cluster of a resource: every resource of a spoke has the cluster's name, or a name that begins with it. */
function clusterOf(name: string, all: readonly string[]): string | undefined {
    const candidates = all.filter((cluster) => name === cluster || name.startsWith(`${cluster}-`));
    return candidates.sort((a, b) => b.length - a.length)[0];
}
