import type { DeleteRequest } from "../../plugin/provider";
import { awaitGone } from "../await/gone";
import { isNotFound, NoMatchError } from "../cluster/apiError";
import { requireReachable } from "../cluster/cluster";
import { refOf, type ObjectRef, type PropagationPolicy } from "../cluster/objects";
import { annotation, annotations, isAnnotated, timeLimit } from "../model/annotations";
import { fromState, toState } from "../model/checkpoint";
import { isPatch } from "../model/kinds";
import { parseId, stringAt, type KubeObject } from "../model/object";
import type { Context } from "./context";
import { initFailure } from "./failure";
import { isDeletedUnreachable } from "./unreachable";

/** Kinds whose deletion is not waited for when the object says `pulumi.com/skipAwait` (overrides.go). */
const skippable = new Set([
    "v1/Namespace",
    "v1/Pod",
    "v1/ReplicationController",
    "apps/v1/DaemonSet",
    "apps/v1/Deployment",
    "apps/v1/StatefulSet",
    "batch/v1/Job",
]);

/**
 * Deletes an object with what it owns, and waits until it is gone. An object that does not exist is not an error. A
 * Patch resource leaves the object, and gives up its fields (ssa/actions.go, `Relinquish`).
 */
export async function remove(context: Context, request: DeleteRequest): Promise<void> {
    if (isDeletedUnreachable(context, request.urn)) {
        return;
    }
    const { objects } = requireReachable(context.cluster);
    const { live, inputs, fieldManager, initialApiVersion } = fromState(request.properties);
    const ref: ObjectRef = { ...refOf(live), name: parseId(request.id).name };
    const kind = stringAt(inputs, "kind");
    if (isPatch(request.urn, kind)) {
        // An apply without fields gives up those that the resource had: they go, unless another manager has them too.
        const { apiVersion, name, namespace } = ref;
        const metadata = { name, ...(namespace !== undefined && { namespace }) };
        const options = { fieldManager: fieldManager ?? "", dryRun: false, force: false };
        await objects.apply({ apiVersion, kind, metadata }, options);
        return;
    }
    try {
        await objects.delete(ref, propagation(inputs));
    } catch (error) {
        if (isNotFound(error) || error instanceof NoMatchError) {
            return;
        }
        throw error;
    }
    if (isAnnotated(inputs, annotations.skipAwait) && skippable.has(`${ref.apiVersion}/${ref.kind}`)) {
        return;
    }
    const outcome = await awaitGone(context, request.urn, ref, live, timeLimit(request.timeout, inputs));
    if (outcome !== undefined) {
        const version = initialApiVersion ?? stringAt(live, "apiVersion");
        throw initFailure(
            `deletion of "${request.id}"`,
            outcome.failure,
            request.id,
            toState(inputs, outcome.object, request.properties, fieldManager ?? "", version),
        );
    }
}

function propagation(inputs: KubeObject): PropagationPolicy {
    switch (annotation(inputs, annotations.deletionPropagation).toLowerCase()) {
        case "orphan":
            return "Orphan";
        case "background":
            return "Background";
        default:
            return "Foreground";
    }
}
