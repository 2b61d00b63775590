import { findCluster } from "../../clusters/kubeconfig";
import { get, UnreachableError } from "../../clusters/request";
import type { EnvironmentStack } from "../support/stacks";

/**
 * Checks whether this machine can reach a cluster.
 *
 * @returns the network error, as a message
 * @throws Error if the cluster answers, or if the failure is not a network error: a failed login, a missing plugin and
 *     a refused certificate do not show that the cluster is lost
 */
export async function failureFromHere(
    { settings, stack }: Pick<EnvironmentStack, "settings" | "stack">,
    cluster: string,
): Promise<string> {
    const access = settings.clusters[cluster];
    if (access === undefined) {
        throw new Error(
            `hubspoke:clusters.${cluster}: is in the state but not in the settings, so it is unknown whether it ` +
                "is lost. Add it to the stack file again, and run this again",
        );
    }
    try {
        await get(await findCluster(`clusters.${cluster}`, access), "version");
    } catch (error) {
        if (error instanceof UnreachableError) {
            return error.message;
        }
        throw new Error(`it is unknown whether ${cluster} is lost, so it is kept: ${(error as Error).message}`);
    }
    throw new Error(
        `${cluster} answers, so it is kept. To remove the agent and the registration, remove it from the stack file, or ` +
            `use pulumi destroy --stack ${stack}`,
    );
}
