import type { Application, Placed } from "./applications";
import type { Cluster, Fleet } from "./fleet";

/** The change to an Application. */
export interface ApplicationChange {
    readonly name: string;
    readonly what: "appears" | "vanishes" | "changes" | "stays";
    /** The cluster after the change, or before it if the cluster is removed. */
    readonly cluster: Cluster;
    readonly before?: Application;
    readonly after?: Application;
    /** For an Application that vanishes: whether the hub keeps it until a person allows its deletion. */
    readonly kept: boolean;
    /** Properties that differ, as `path: before → after`. */
    readonly differences: readonly string[];
}

/**
 * Compares the Applications before and after the change. If a cluster is unregistered, its Application is deleted too:
 * the stack allows that. An Application that is no longer selected is kept in a protected environment.
 */
export function compareApplications(
    before: ReadonlyMap<string, Placed>,
    after: ReadonlyMap<string, Placed>,
    { after: fleet }: { readonly after: Fleet },
): ApplicationChange[] {
    const names = [...new Set([...before.keys(), ...after.keys()])].sort();
    return names.flatMap((name): ApplicationChange[] => {
        const [old, next] = [before.get(name), after.get(name)];
        const cluster = (next ?? old)?.cluster;
        if (cluster === undefined) {
            return [];
        }
        const applications = {
            ...(old && { before: old.application }),
            ...(next && { after: next.application }),
        };
        if (old === undefined || next === undefined) {
            const registered = fleet.clusters.some((other) => other.name === cluster.name);
            const kept = next === undefined && registered && fleet.kept.includes(cluster.labels.environment ?? "");
            const what = old === undefined ? "appears" : "vanishes";
            return [{ name, what, cluster, kept, differences: [], ...applications }];
        }
        const differences = differencesOf(old.application, next.application);
        const what = differences.length > 0 ? "changes" : "stays";
        return [{ name, what, cluster, kept: false, differences, ...applications }];
    });
}

function differencesOf(before: unknown, after: unknown): string[] {
    const [old, next] = [leaves(before), leaves(after)];
    return [...new Set([...old.keys(), ...next.keys()])]
        .filter((path) => old.get(path) !== next.get(path))
        .map((path) => `${path}: ${old.get(path) ?? "(none)"} → ${next.get(path) ?? "(none)"}`);
}

function leaves(value: unknown, path = ""): Map<string, string> {
    if (typeof value !== "object" || value === null) {
        return new Map([[path, String(value)]]);
    }
    const inner = Object.entries(value).flatMap(([key, item]) => [...leaves(item, path === "" ? key : `${path}.${key}`)]);
    return new Map(inner);
}
