import { deliveredLabel, nameLabel, roomMark, upCommands } from "../clusters/names";
import { emptyCluster, type EmptyingState } from "./emptying";
import { type DynamicProvider, idOf } from "./provider";

/** A cluster, and the applications that have room on it. */
export interface DeparturesState extends EmptyingState {
    /** The applications' names. */
    readonly applications: readonly string[];
}

/**
 * Does nothing while applications come to a cluster. When one leaves it, the update of this resource comes before the
 * cluster Secret and the account lose the application's namespace and rights: it waits until Argo CD has removed the
 * application from the cluster.
 */
export const departures: DynamicProvider<DeparturesState, DeparturesState> = {
    create: (inputs) => Promise.resolve({ id: idOf(inputs.namespace, inputs.secret, "departures"), outs: inputs }),
    update: async (_, before, inputs) => {
        for (const application of before.applications) {
            if (!inputs.applications.includes(application)) {
                await depart(inputs, application);
            }
        }
        return { outs: inputs };
    },
};

async function depart(state: DeparturesState, application: string): Promise<void> {
    const { cluster, stack } = state;
    await emptyCluster(state, {
        what: `application ${application} on cluster ${cluster}`,
        goes: ({ metadata }) => metadata.labels?.[nameLabel] === application,
        labels: { [deliveredLabel(application)]: roomMark(application, false) ?? null },
        remedy: {
            lift:
                `To allow the removal, write \`hubspoke:protect: false\` into Pulumi.${stack}.yaml, keep the application ` +
                `on the cluster, and run ${upCommands(stack)}; then do this again`,
            keep: `To continue to wait: ${upCommands(stack)}`,
        },
    });
}
