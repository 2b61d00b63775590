import { domainAnnotation } from "../../clusters/names";
import type { Registration } from "../../clusters/registrations";
import { clustersIn } from "../support/holders";
import { inParallel } from "../support/inParallel";
import { annotationsIn } from "../support/registered";
import { ownerOf, stacksAtOnce } from "../support/stackFile";
import { readState, type State } from "../support/state";

/** A cluster in a state; its stack is that whose file has the settings. */
export type DeployedCluster = Pick<Registration, "annotations" | "cluster" | "domain" | "stack">;

/** What was deployed last, by the states: the hub's own records are lost with it. */
export interface Deployed {
    /** The DNS name to which the users' name points; undefined if the state has none. */
    readonly target: string | undefined;
    readonly clusters: readonly DeployedCluster[];
}

/**
 * Reads what the states say of the lost hub. After a rebuild that was interrupted, a state lacks what its refresh did
 * not find on the new hub.
 *
 * @param hub the hub's stack
 * @param environments the stacks with clusters
 */
export async function readDeployed(hub: string, environments: readonly string[]): Promise<Deployed> {
    const target = targetIn(await readState(hub));
    const clusters = await inParallel(environments, stacksAtOnce(environments), async (stack) => {
        const state = await readState(stack);
        return clustersIn(state).map((cluster) => {
            const annotations = annotationsIn(state, cluster);
            return { cluster, annotations, domain: annotations[domainAnnotation], stack: ownerOf(stack) };
        });
    });
    return { target, clusters: clusters.flat() };
}

/** The first record points to the active cluster (components/traffic/names.ts). */
function targetIn({ deployment }: State): string | undefined {
    const kind = "kubernetes:externaldns.k8s.io/v1alpha1:DNSEndpoint";
    const endpoint = deployment.resources?.find(({ type, delete: isReplaced }) => type === kind && !isReplaced);
    const { endpoints } = (endpoint?.inputs?.spec ?? {}) as { endpoints?: readonly { targets?: readonly string[] }[] };
    return endpoints?.[0]?.targets?.[0];
}
