import type { ReadRequest, ReadResult } from "../../plugin/provider";
import { firstGiven, without } from "../../plugin/values";
import { currentReadiness } from "../await/await";
import { isNotFound, NoMatchError } from "../cluster/apiError";
import { requireReachable } from "../cluster/cluster";
import type { ObjectRef } from "../cluster/objects";
import { fromProperties, fromState, toProperties, toState } from "../model/checkpoint";
import { apiVersionOf, kindOfObject } from "../model/kinds";
import { normalize } from "../model/normalize";
import { idOf, parseId, stringAt, withMetadata, type KubeObject } from "../model/object";
import { prune } from "../model/prune";
import { markSecrets } from "../model/secrets";
import { fieldManagerOf, type Context } from "./context";
import { initFailure } from "./failure";
import { gone, readUnreachable } from "./unreachable";

/**
 * Reads an object for a refresh, an import or a `get`. For a deleted object or kind, it returns an empty id.
 * The inputs become the live values of the same fields, so that the next diff shows what was changed by
 * hand.
 */
export async function read(context: Context, request: ReadRequest): Promise<ReadResult> {
    const unreachable = readUnreachable(context, request);
    if (unreachable !== undefined) {
        return unreachable;
    }
    const state = fromState(request.properties);
    const oldInputs = normalize(fromProperties(request.inputs));
    const imported = stringAt(oldInputs, "apiVersion") === "" && stringAt(state.live, "apiVersion") === "";
    const ref = refOfRequest(request, oldInputs, state.live);
    const live = await readLive(context, ref);
    if (live === undefined) {
        return gone;
    }

    const inputs = imported ? importedInputs(live) : prune(live, oldInputs);
    const fieldManager = fieldManagerOf(context.settings, inputs, state.fieldManager);
    const initialApiVersion = state.initialApiVersion ?? ref.apiVersion;
    const result: ReadResult = {
        id: request.id === "" ? idOf(live) : request.id,
        properties: toState(inputs, live, request.inputs, fieldManager, initialApiVersion),
        inputs: markSecrets(toProperties(inputs), request.inputs),
    };
    const failure = imported ? undefined : await currentReadiness(context, oldInputs, live);
    if (failure !== undefined) {
        throw initFailure(`resource "${request.urn}"`, failure, result.id, result.properties, result.inputs);
    }
    return result;
}

function refOfRequest({ urn, id }: ReadRequest, oldInputs: KubeObject, live: KubeObject): ObjectRef {
    const { namespace, name } = parseId(id);
    if (name === "") {
        throw new Error(`"${id}" is not an id of a Kubernetes object; write "namespace/name" or "name"`);
    }
    const gvk = kindOfObject(urn, firstGiven(stringAt(oldInputs, "kind"), stringAt(live, "kind")));
    const apiVersion = firstGiven(
        stringAt(oldInputs, "apiVersion"),
        stringAt(live, "apiVersion"),
        apiVersionOf(gvk),
    );
    return { apiVersion, kind: gvk.kind, name, ...(namespace === "" ? {} : { namespace }) };
}

async function readLive(context: Context, ref: ObjectRef): Promise<KubeObject | undefined> {
    try {
        return await requireReachable(context.cluster).objects.get(ref);
    } catch (error) {
        if (isNotFound(error) || error instanceof NoMatchError) {
            return undefined;
        }
        throw error;
    }
}

/** Inputs for an imported object: all of it but what only the server writes. */
function importedInputs(live: KubeObject): KubeObject {
    const rest = without(normalize(live), "status");
    const noted = Object.entries((rest.metadata as KubeObject).annotations ?? {}).filter(
        ([key]) =>
            key !== "deployment.kubernetes.io/revision" &&
            key !== "kubectl.kubernetes.io/last-applied-configuration",
    );
    return noted.length === 0
        ? withMetadata(rest, "annotations", undefined)
        : withMetadata(rest, "annotations", Object.fromEntries(noted));
}
