import { messageOf } from "../../plugin/errors";
import { isNotFound } from "../cluster/apiError";
import { requireReachable } from "../cluster/cluster";
import { refOf } from "../cluster/objects";
import { annotations, isAnnotated } from "../model/annotations";
import { nameOfObject, numberAt, type KubeObject } from "../model/object";
import type { Context } from "../operations/context";
import type { AwaitFailure } from "../operations/failure";
import { poll, type PollEnd } from "./poll";
import { failed, waiting, type Readiness, type ReadinessRule } from "./readiness";
import { ruleOf } from "./rules";
import { troublesOf } from "./troubles";
import { waitForRule } from "./waitFor";

export interface AwaitRequest {
    readonly urn: string;
    readonly inputs: KubeObject;
    /** What the API server answered to the write. */
    readonly object: KubeObject;
    /** Milliseconds. */
    readonly limit: number;
}

export interface AwaitOutcome {
    /** The object as it was seen last. */
    readonly object: KubeObject;
    readonly failure?: AwaitFailure;
}

/** Waits until an object that was written is ready, by its kind's rule or by its `pulumi.com/waitFor`. */
export async function awaitReady(context: Context, request: AwaitRequest): Promise<AwaitOutcome> {
    const rule = isAnnotated(request.inputs, annotations.skipAwait)
        ? undefined
        : (waitForRule(request.inputs) ?? ruleOf(request.object)?.rule);
    return rule === undefined ? { object: request.object } : await awaitRule(context, request, rule);
}

async function awaitRule(
    context: Context,
    request: AwaitRequest,
    rule: ReadinessRule,
): Promise<AwaitOutcome> {
    const { objects } = requireReachable(context.cluster);
    const ref = refOf(request.object);
    const seen: { object: KubeObject; readiness: Readiness } = {
        object: request.object,
        readiness: waiting("Waiting for a first look"),
    };
    const end = await poll(
        async () => {
            try {
                seen.object = await objects.get(ref);
                if ((generationOf(seen.object) ?? 0) >= (generationOf(request.object) ?? 0)) {
                    seen.readiness = await rule({ live: seen.object, objects });
                }
            } catch (error) {
                // The object was written: it must now always remain in the state.
                seen.readiness = isNotFound(error)
                    ? failed("It was deleted meanwhile")
                    : waiting(messageOf(error));
            }
            if (seen.readiness.state === "waiting") {
                context.log.status(request.urn, seen.readiness.message);
            }
            return seen.readiness.state !== "waiting";
        },
        request.limit,
        context.signal,
    );
    context.log.status(request.urn, "");
    const { object, readiness } = seen;
    if (end === "satisfied" && readiness.state === "ready") {
        return { object };
    }
    const reasons = [
        ...(readiness.state === "ready" ? [] : [readiness.message]),
        ...(await troublesOf(objects, object)),
    ];
    return { object, failure: { message: endMessage(end, object, request.limit), reasons } };
}

function endMessage(end: PollEnd, object: KubeObject, limit: number): string {
    switch (end) {
        case "satisfied":
            return initMessage(object);
        case "cancelled":
            return `Resource operation was cancelled for "${nameOfObject(object)}"`;
        case "timeout":
            return `'${nameOfObject(object)}' timed out waiting to be Ready (${limit / 1000} s)`;
        default:
            return end satisfies never;
    }
}

/** On a refresh: why a live object is not ready now, or undefined. */
export async function currentReadiness(
    context: Context,
    inputs: KubeObject,
    live: KubeObject,
): Promise<AwaitFailure | undefined> {
    const kindRule = ruleOf(live);
    if (kindRule?.onRead !== true || isAnnotated(inputs, annotations.skipAwait)) {
        return undefined;
    }
    const { objects } = requireReachable(context.cluster);
    try {
        const readiness = await kindRule.rule({ live, objects });
        return readiness.state === "ready"
            ? undefined
            : {
                  message: initMessage(live),
                  reasons: [readiness.message, ...(await troublesOf(objects, live))],
              };
    } catch (error) {
        if (isNotFound(error)) {
            return undefined;
        }
        throw error;
    }
}

function initMessage(object: KubeObject): string {
    return `Resource '${nameOfObject(object)}' was created but failed to initialize`;
}

function generationOf(object: KubeObject): number | undefined {
    return numberAt(object, "metadata", "generation");
}
