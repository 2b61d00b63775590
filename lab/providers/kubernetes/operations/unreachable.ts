import type { Context } from "./context";

/**
 * What to do with an object of a cluster that cannot be reached: true when the user said that such objects
 * are to be forgotten (`deleteUnreachable`), else an error that says how to say so.
 */
export function isForgotten(context: Context, urn: string): boolean {
    if (context.cluster.reachable) {
        return false;
    }
    context.log.warn(urn, `configured Kubernetes cluster is unreachable: ${context.cluster.reason}`);
    if (context.settings.deleteUnreachable) {
        context.log.info(
            urn,
            "`deleteUnreachable` is set: deleting the unreachable resource from Pulumi state",
        );
        return true;
    }
    throw new Error(
        `configured Kubernetes cluster is unreachable: ${context.cluster.reason}. If the cluster was deleted, ` +
            "you can remove this resource from Pulumi state by rerunning the operation with the " +
            'PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"',
    );
}
