import { GiveUp, waitFor } from "../processes";
import { askApi } from "./api";
import type { ClusterName } from "./names";

const zones = ["a", "b", "c"] as const;

/** Amounts that no lab uses up; no real process runs on a simulated node. */
const amounts = { cpu: "16", memory: "64Gi", "ephemeral-storage": "256Gi", pods: "110" };

/**
 * Creates three simulated nodes, one in each zone, and waits until the cluster reports them as ready and
 * its controllers work (the default service account exists). kwok simulates their kubelets.
 */
export async function ensureNodes(cluster: ClusterName): Promise<void> {
    for (const zone of zones) {
        const { status, body } = await askApi(cluster, "/api/v1/nodes", {
            method: "POST",
            body: node(cluster, zone),
            timeoutMs: 20_000,
        });
        if (status !== 201 && status !== 409) {
            throw new Error(`cannot make the simulated node of zone ${zone} in ${cluster}: ${status} ${body}`);
        }
    }
    await waitFor(`the nodes of ${cluster} to be ready`, () => lookAtNodes(cluster), { timeoutMs: 90_000 });
    await waitFor(
        `the default service account of ${cluster}`,
        async () => {
            const { status } = await askApi(cluster, "/api/v1/namespaces/default/serviceaccounts/default");
            return status === 200 ? { done: undefined } : { seen: `the API server answers ${status}` };
        },
        { timeoutMs: 60_000 },
    );
}

interface NodeList {
    items: { metadata: { name: string }; status: { conditions?: { type: string; status: string }[] } }[];
}

async function lookAtNodes(cluster: ClusterName) {
    const { status, body } = await askApi(cluster, "/api/v1/nodes");
    if (status === 401 || status === 403) {
        throw new GiveUp(`the administrator may not list the nodes of ${cluster}: ${body}`);
    }
    const { items } = JSON.parse(body) as NodeList;
    const ready = items.filter(({ status: { conditions = [] } }) =>
        conditions.some((condition) => condition.type === "Ready" && condition.status === "True"),
    );
    const seen = `${ready.length} of ${items.length} nodes ready`;
    return ready.length >= zones.length ? { done: undefined } : { seen };
}

function node(cluster: ClusterName, zone: string): object {
    const name = `${cluster}-${zone}`;
    return {
        apiVersion: "v1",
        kind: "Node",
        metadata: {
            name,
            annotations: { "kwok.x-k8s.io/node": "fake" },
            labels: {
                type: "kwok",
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "topology.kubernetes.io/region": cluster,
                "topology.kubernetes.io/zone": `${cluster}-${zone}`,
            },
        },
        status: { capacity: amounts, allocatable: amounts },
    };
}
