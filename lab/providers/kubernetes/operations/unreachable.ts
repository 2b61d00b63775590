import type { ReadRequest, ReadResult } from "../../plugin/provider";
import type { UnreachableCluster } from "../cluster/cluster";
import type { Context } from "./context";

/** Answer of a read for what is not there. */
export const gone: ReadResult = { id: "", properties: {}, inputs: {} };

/**
 * The result of a read while the cluster cannot be reached: nothing if the user said that such objects must
 * be removed from the state (`deleteUnreachable`), the state if they must be skipped (`skipUpdateUnreachable`),
 * otherwise an error. Undefined when the cluster answers. The texts are the official provider's (provider.go).
 */
export function readUnreachable(context: Context, request: ReadRequest): ReadResult | undefined {
    if (context.cluster.reachable) {
        return undefined;
    }
    if (isForgotten(context.cluster, context, request.urn)) {
        return gone;
    }
    if (context.settings.skipUpdateUnreachable) {
        context.log.info(
            request.urn,
            "configured Kubernetes cluster is unreachable and the `skipUnreachable` option is enabled. " +
                "Returned data could not reflect the actual cluster configuration.",
        );
        return { id: request.id, properties: request.properties, inputs: request.inputs };
    }
    throw new Error(`failed to read resource state due to unreachable cluster. ${remedy}`);
}

/** Whether a delete does nothing because the cluster is lost; an error if the user did not allow that. */
export function isDeletedUnreachable(context: Context, urn: string): boolean {
    if (context.cluster.reachable) {
        return false;
    }
    if (isForgotten(context.cluster, context, urn)) {
        return true;
    }
    throw new Error(`configured Kubernetes cluster is unreachable. ${remedy}`);
}

const remedy =
    "If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation " +
    'with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"';

/** Warns that the cluster cannot be reached, and returns whether to remove its objects from the state. */
function isForgotten(cluster: UnreachableCluster, { settings, log }: Context, urn: string): boolean {
    log.warn(urn, `configured Kubernetes cluster is unreachable: ${cluster.reason}`);
    if (settings.deleteUnreachable) {
        log.info(
            urn,
            "configured Kubernetes cluster is unreachable and the `deleteUnreachable` option is enabled. " +
                "Deleting the unreachable resource from Pulumi state",
        );
    }
    return settings.deleteUnreachable;
}
