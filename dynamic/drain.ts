import { upCommands } from "../clusters/names";
import { emptyCluster, type EmptyingState } from "./emptying";
import { type DynamicProvider, idOf } from "./provider";

/**
 * Does nothing while a cluster is registered. When the cluster is removed, the deletion of this resource comes first:
 * it waits until Argo CD has removed everything that it delivered there, while Argo CD still has its rights.
 */
export const drain: DynamicProvider<EmptyingState, EmptyingState> = {
    create: (inputs) => Promise.resolve({ id: idOf(inputs.namespace, inputs.secret), outs: inputs }),
    update: (_, __, inputs) => Promise.resolve({ outs: inputs }),
    delete: (_, state) => {
        const { cluster, stack } = state;
        return emptyCluster(state, {
            what: `cluster ${cluster}`,
            goes: () => true,
            labels: { deploy: null },
            remedy: {
                lift:
                    `To allow the removal, write \`hubspoke:protect: false\` into Pulumi.${stack}.yaml, with the cluster in ` +
                    `it, and run ${upCommands(stack)}; then do this again`,
                keep:
                    `To continue to wait, destroy again; if the cluster is lost, \`npm run forget -- ${stack} --cluster ` +
                    `${cluster}\`; to keep it, \`pulumi up --refresh --stack ${stack}\` (with shards, the stack of its shard)`,
            },
        });
    },
};
