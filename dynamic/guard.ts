import { findCluster } from "../clusters/kubeconfig";
import { registrations } from "../clusters/registrations";
import type { ClusterConnection } from "../settings/connection";
import type { DynamicProvider } from "./provider";

/** What is needed to ask the hub which clusters are registered. */
export interface GuardState {
    readonly hub: ClusterConnection;
    /** Argo CD's namespace on the hub. */
    readonly namespace: string;
    /** The hub's own stack, whose registration of the hub itself goes with it. */
    readonly stack: string;
}

/** Nothing while the hub is there; its deletion, which comes first, is refused while clusters are registered. */
export const guard: DynamicProvider<GuardState, GuardState> = {
    create: (inputs) => Promise.resolve({ id: "guard", outs: inputs }),
    update: (_, __, inputs) => Promise.resolve({ outs: inputs }),
    delete: (_, state) => refuseWhileRegistered(state),
};

async function refuseWhileRegistered({ hub, namespace, stack }: GuardState): Promise<void> {
    const all = await findCluster("cluster", hub)
        .then((address) => registrations(address, namespace))
        .catch((error: Error) => {
            throw new Error(
                `cannot ask the hub which clusters are registered, so nothing is destroyed: ${error.message}. If the ` +
                    "hub is gone for good, forget this check first: pulumi state delete URN, with the URN above",
            );
        });
    const others = all.filter((registration) => registration.stack !== stack);
    if (others.length > 0) {
        const list = others.map(
            ({ cluster, secret, stack: by }) => `${cluster} (${by ? `stack ${by}` : `Secret ${secret}, made by other means`})`,
        );
        throw new Error(
            `the hub is not destroyed, since ${others.length} clusters are registered, and their agents would go with ` +
                `it: ${list.join(", ")}. Destroy those stacks first, or remove those Secrets from the hub's namespace ` +
                namespace,
        );
    }
}
