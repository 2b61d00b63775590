import { findCluster } from "../clusters/kubeconfig";
import { allApplications, isManaged, namesOf } from "../clusters/applications";
import { registrations } from "../clusters/registrations";
import type { ClusterConnection } from "../settings/connection";
import type { DynamicProvider } from "./provider";

/** The facts to read the registered clusters from the hub. */
export interface GuardState {
    readonly hub: ClusterConnection;
    /** Argo CD's namespace on the hub. */
    readonly namespace: string;
    /** The hub's stack; its registration of the hub itself does not count. */
    readonly stack: string;
}

/** Does nothing until the hub is destroyed: then its deletion comes first, and fails while clusters are registered. */
export const guard: DynamicProvider<GuardState, GuardState> = {
    create: (inputs) => Promise.resolve({ id: "guard", outs: inputs }),
    update: (_, __, inputs) => Promise.resolve({ outs: inputs }),
    delete: (_, state) => refuseWhileRegistered(state),
};

/** The namespace goes with its Applications, or they stay in it without an Argo CD: either way nobody serves them. */
async function refuseWithApplications(hub: ClusterConnection, namespace: string): Promise<void> {
    const address = await findCluster("cluster", hub);
    const others = (await allApplications(address, namespace)).filter((application) => !isManaged(application));
    if (others.length > 0) {
        throw new Error(
            `the hub is not destroyed, since its Argo CD serves Applications of others: ${namesOf(others)}. Delete them, or ` +
                "move them to another Argo CD first",
        );
    }
}

async function refuseWhileRegistered({ hub, namespace, stack }: GuardState): Promise<void> {
    const all = await findCluster("cluster", hub)
        .then((address) => registrations(address, namespace))
        .catch((error: Error) => {
            throw new Error(
                `cannot read the registered clusters from the hub, so nothing is destroyed: ${error.message}. If the ` +
                    "hub is lost, remove this check first: pulumi state delete URN, with the URN above",
            );
        });
    await refuseWithApplications(hub, namespace);
    const others = all.filter((registration) => registration.stack !== stack);
    if (others.length > 0) {
        const list = others.map(
            ({ cluster, secret, stack: by }) => `${cluster} (${by ? `stack ${by}` : `Secret ${secret}, from another tool`})`,
        );
        throw new Error(
            `the hub is not destroyed, because ${others.length} clusters are registered, and their agents would be deleted ` +
                `too: ${list.join(", ")}. Destroy those stacks first, or remove those Secrets from the hub's namespace ` +
                namespace,
        );
    }
}
