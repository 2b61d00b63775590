import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../plugin/errors";
import type { CreateRequest, CreateResult } from "../../plugin/provider";
import { containsUnknowns, without } from "../../plugin/values";
import { awaitReady } from "../await/await";
import {
    isAlreadyExists,
    isForbidden,
    isNamespaceNotFound,
    isNotFound,
    NoMatchError,
} from "../cluster/apiError";
import { requireReachable } from "../cluster/cluster";
import type { Objects } from "../cluster/objects";
import { annotations, isAnnotated, timeLimit } from "../model/annotations";
import { fromProperties, toState } from "../model/checkpoint";
import { apiVersionOf, isPatch, kindOfObject, kindOfUrn } from "../model/kinds";
import { idOf, stringAt, type KubeObject } from "../model/object";
import { creationManager, fieldManagerOf, inScope, isServed, type Context } from "./context";
import { initFailure } from "./failure";

/**
 * How often a creation is repeated whose namespace or kind is not there yet. The pauses double from half a
 * second.
 */
const attempts = 6;

const existsHelp = [
    "The resource already exists in the cluster. This can happen when:",
    "  - a Pulumi resource was renamed: give it an alias, or use deleteBeforeReplace;",
    "  - something else created it: adopt it with `pulumi import`, or delete it, or choose another name.",
].join("\n");

/**
 * Creates an object by POST, so that one which exists is never taken over, and waits until it is ready. A Patch
 * resource is applied, whether the object exists or not.
 */
export async function create(context: Context, request: CreateRequest): Promise<CreateResult> {
    const inputs = fromProperties(request.inputs);
    if (request.preview && (containsUnknowns(inputs) || !(await isServed(context, inputs)))) {
        return { id: "", properties: request.inputs };
    }
    const fieldManager = fieldManagerOf(context.settings, inputs, undefined);
    const toProperties = (live: KubeObject): CreateResult["properties"] =>
        toState(inputs, live, request.inputs, fieldManager, stringAt(inputs, "apiVersion"));
    const kind = stringAt(inputs, "kind");
    const patch = isPatch(request.urn, kind);
    const object = await inScope(context, inputs, kindOfObject(request.urn, kind));

    if (request.preview && patch) {
        return { id: "", properties: request.inputs };
    }
    if (request.preview) {
        return { id: "", properties: await previewed(context, object, request, toProperties) };
    }
    const created = await written(context, request.urn, (objects) =>
        patch
            ? objects.apply(object, { fieldManager, dryRun: false, force: isForced(context, inputs) })
            : objects.create(object, { fieldManager: creationManager, dryRun: false }),
    );
    const outcome = await awaitReady(context, {
        urn: request.urn,
        inputs,
        object: created,
        limit: timeLimit(request.timeout, inputs),
    });
    if (outcome.failure !== undefined) {
        throw initFailure(
            `resource "${request.urn}" was successfully created, but the Kubernetes API server ` +
                `reported that it failed to fully initialize or become live`,
            outcome.failure,
            idOf(created),
            toProperties(outcome.object),
        );
    }
    return { id: idOf(created), properties: toProperties(outcome.object) };
}

async function previewed(
    context: Context,
    object: KubeObject,
    request: CreateRequest,
    toProperties: (live: KubeObject) => CreateResult["properties"],
): Promise<CreateResult["properties"]> {
    try {
        const { objects } = requireReachable(context.cluster);
        const planned = await objects.create(object, { fieldManager: creationManager, dryRun: true });
        return toProperties(without(planned, "status"));
    } catch (error) {
        // An object that a replacement deletes first still exists, and one that a dependency creates does not exist
        // yet.
        if (
            isForbidden(error) ||
            isNamespaceNotFound(error) ||
            isAlreadyExists(error) ||
            isDryRunRefused(error)
        ) {
            return request.inputs;
        }
        throw creationError(error, request.urn);
    }
}

/** Writes the object, again while its namespace or kind may still appear. */
async function written(
    context: Context,
    urn: string,
    write: (objects: Objects) => Promise<KubeObject>,
): Promise<KubeObject> {
    const { objects } = requireReachable(context.cluster);
    for (let attempt = 1; ; attempt++) {
        try {
            return await write(objects);
        } catch (error) {
            const mayAppear = isNotFound(error) || error instanceof NoMatchError;
            if (!mayAppear || attempt === attempts) {
                throw creationError(error, urn);
            }
            context.log.status(urn, `Retry #${attempt}; creation failed: ${messageOf(error)}`);
            await sleep(250 * 2 ** attempt, undefined, { signal: context.signal });
        }
    }
}

function isForced({ settings }: Context, inputs: KubeObject): boolean {
    return settings.enablePatchForce || isAnnotated(inputs, annotations.patchForce);
}

function creationError(error: unknown, urn: string): Error {
    const gvk = kindOfUrn(urn);
    if (error instanceof NoMatchError) {
        return new Error(
            `creation of resource "${urn}" with kind ${apiVersionOf(gvk)}/${gvk.kind} failed because the Kubernetes ` +
                `API server reported that the apiVersion for this resource does not exist. ` +
                `Verify that any required CRDs have been created: ${error.message}`,
        );
    }
    const help = isAlreadyExists(error) ? `\n\n${existsHelp}` : "";
    return new Error(
        `resource "${urn}" was not successfully created by the Kubernetes API server: ${messageOf(error)}${help}`,
    );
}

function isDryRunRefused(error: unknown): boolean {
    return messageOf(error).includes("does not support dry run");
}
