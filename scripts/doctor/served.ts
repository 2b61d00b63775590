import type { ClusterAddress } from "../../clusters/kubeconfig";
import { find } from "../../clusters/request";
import { once } from "../../preflight/once";
import type { PlannedObject } from "./objects";

interface ApiResources {
    readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/** Resource and scope of a kind on a cluster. */
export interface ServedKind {
    readonly resource: string;
    readonly namespaced: boolean;
}

type Kind = Pick<PlannedObject, "group" | "version" | "kind">;

/** Asks an API server for its kinds; each version of a group is asked for once. */
export function kindsOf(cluster: ClusterAddress): (kind: Kind) => Promise<ServedKind | undefined> {
    const asked = new Map<string, () => Promise<ApiResources | undefined>>();
    return async ({ group, version, kind }) => {
        const path = group === "" ? `api/${version}` : `apis/${group}/${version}`;
        const list = asked.get(path) ?? once(() => find<ApiResources>(cluster, path));
        asked.set(path, list);
        const found = (await list())?.resources.find((one) => one.kind === kind && !one.name.includes("/"));
        return found && { resource: found.name, namespaced: found.namespaced };
    };
}

/** What a kind will be served as by the CRDs that a chart of the stack brings: they have regular plurals. */
export function asBrought({ kind, namespace }: PlannedObject): ServedKind {
    return { resource: `${kind.toLowerCase()}s`, namespaced: namespace !== undefined };
}
