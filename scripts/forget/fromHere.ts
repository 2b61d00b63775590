import { findCluster } from "../../clusters/kubeconfig";
import { get, UnreachableError } from "../../clusters/request";
import type { EnvironmentStack } from "../support/stacks";

/**
 * Looks whether this machine can reach a cluster.
 *
 * @returns the failure of the network, for people
 * @throws Error when the cluster answers, or when anything else than the network stands between: a login that failed, a
 *     plugin that is missing and a certificate that is refused say nothing about the cluster
 */
export async function failureFromHere(
    { settings, stack }: Pick<EnvironmentStack, "settings" | "stack">,
    cluster: string,
): Promise<string> {
    const access = settings.clusters[cluster];
    if (access === undefined) {
        throw new Error(
            `hubspoke:clusters.${cluster}: is in the state and not in the settings, so nobody can tell whether it ` +
                "is lost. Put it back into the stack file, and forget again",
        );
    }
    try {
        await get(await findCluster(`clusters.${cluster}`, access), "version");
    } catch (error) {
        if (error instanceof UnreachableError) {
            return error.message;
        }
        throw new Error(`${cluster} is not known to be lost, and is kept: ${(error as Error).message}`);
    }
    throw new Error(
        `${cluster} answers, and is kept. Use pulumi destroy --stack ${stack}, or take it out of the stack file, which ` +
            "empties it properly",
    );
}
