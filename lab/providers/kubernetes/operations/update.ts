import { messageOf } from "../../plugin/errors";
import type { UpdateRequest } from "../../plugin/provider";
import { containsUnknowns, type PropertyMap } from "../../plugin/values";
import { awaitReady } from "../await/await";
import { isForbidden } from "../cluster/apiError";
import { requireReachable, type ReachableCluster } from "../cluster/cluster";
import { refOf } from "../cluster/objects";
import { timeLimit } from "../model/annotations";
import { fromProperties, fromState, toState, type Checkpoint } from "../model/checkpoint";
import { isPatch, kindOfObject } from "../model/kinds";
import { normalize } from "../model/normalize";
import { idOf, stringAt, type KubeObject } from "../model/object";
import { applyUpdate } from "./apply";
import { fieldManagerOf, inScope, isServed, type Context } from "./context";
import { initFailure } from "./failure";

/**
 * Updates an object in place and waits until it is ready. In a preview the server only returns what it would
 * do.
 */
export async function update(context: Context, request: UpdateRequest): Promise<PropertyMap> {
    const inputs = normalize(fromProperties(request.news));
    if (request.preview && (containsUnknowns(inputs) || !(await isServed(context, inputs)))) {
        return request.news;
    }
    const cluster = requireReachable(context.cluster);
    const old = fromState(request.olds);
    const fieldManager = fieldManagerOf(context.settings, inputs, old.fieldManager);
    const initialApiVersion = old.initialApiVersion ?? stringAt(old.inputs, "apiVersion");
    const toProperties = (live: KubeObject, written = inputs): PropertyMap =>
        toState(written, live, request.news, fieldManager, initialApiVersion);
    const object = await inScope(context, inputs, kindOfObject(request.urn, stringAt(inputs, "kind")));

    try {
        const live = await cluster.objects.get({ ...refOf(object), name: refOf(old.live).name });
        const { written, updated } = await applyUpdate(cluster, context.settings, {
            object,
            live,
            oldInputs: old.inputs,
            fieldManager,
            ignoreChanges: request.ignoreChanges,
            patch: isPatch(request.urn, stringAt(inputs, "kind")),
            preview: request.preview,
        });
        if (request.preview) {
            return toProperties(updated, written);
        }
        const outcome = await awaitReady(context, {
            urn: request.urn,
            inputs,
            object: updated,
            limit: timeLimit(request.timeout, inputs),
        });
        if (outcome.failure !== undefined) {
            throw initFailure(
                initMessage(updated),
                outcome.failure,
                idOf(updated),
                toProperties(outcome.object, written),
            );
        }
        return toProperties(outcome.object, written);
    } catch (error) {
        if (request.preview && isForbidden(error)) {
            return request.news;
        }
        throw await updateError(error, cluster, old, request.urn, toProperties);
    }
}

function initMessage(object: KubeObject): string {
    return `the Kubernetes API server reported that "${idOf(object)}" failed to fully initialize or become live`;
}

/**
 * An update that was refused is an initialisation failure with the object as it is: state gets the new
 * inputs, so the next run tries again (the official provider does the same).
 */
async function updateError(
    error: unknown,
    cluster: ReachableCluster,
    old: Checkpoint,
    urn: string,
    toProperties: (live: KubeObject) => PropertyMap,
): Promise<Error> {
    if (error instanceof Error && error.name === "InitFailedError") {
        return error;
    }
    try {
        const live = await cluster.objects.get(refOf(old.live));
        const failure = { message: messageOf(error), reasons: [] };
        return initFailure(initMessage(live), failure, idOf(live), toProperties(live));
    } catch (unreadable) {
        return new Error(
            `update of resource "${urn}" failed: ${messageOf(error)}\n` +
                `unable to get cluster state: ${messageOf(unreadable)}`,
        );
    }
}
