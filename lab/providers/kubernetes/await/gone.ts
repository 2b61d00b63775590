import { messageOf } from "../../plugin/errors";
import { isNotFound, NoMatchError } from "../cluster/apiError";
import { requireReachable } from "../cluster/cluster";
import type { ObjectRef } from "../cluster/objects";
import { listAt, stringAt, type KubeObject } from "../model/object";
import type { Context } from "../operations/context";
import type { AwaitFailure } from "../operations/failure";
import { poll } from "./poll";

/**
 * Waits until a deleted object is gone: not found, or another one (with another uid) in its place.
 * Returns undefined when it is gone, otherwise the last known object, and what may block the deletion.
 */
export async function awaitGone(
    context: Context,
    urn: string,
    ref: ObjectRef,
    live: KubeObject,
    limit: number,
): Promise<{ object: KubeObject; failure: AwaitFailure } | undefined> {
    const { objects } = requireReachable(context.cluster);
    let object = live;
    const end = await poll(
        async () => {
            try {
                object = await objects.get(ref);
                context.log.status(urn, `Waiting for deletion${holders(object)}`);
                return stringAt(object, "metadata", "uid") !== stringAt(live, "metadata", "uid");
            } catch (error) {
                const gone = isNotFound(error) || error instanceof NoMatchError;
                if (!gone) {
                    context.log.status(urn, `Waiting for deletion: ${messageOf(error)}`);
                }
                return gone;
            }
        },
        limit,
        context.signal,
    );
    context.log.status(urn, "");
    if (end === "satisfied") {
        return undefined;
    }
    const message =
        end === "cancelled"
            ? `Resource operation was cancelled for "${ref.name}"`
            : `'${ref.name}' was not gone after ${limit / 1000} s${holders(object)}`;
    return { object, failure: { message, reasons: [] } };
}

function holders(object: KubeObject): string {
    const finalizers = listAt(object, "metadata", "finalizers").map(String);
    const conditions = listAt(object, "status", "conditions")
        .filter(
            (condition) =>
                stringAt(condition, "status") === "True" && stringAt(condition, "type").includes("Remain"),
        )
        .map((condition) => stringAt(condition, "message"));
    const held = [
        ...(finalizers.length === 0
            ? []
            : [`finalizers might be preventing deletion (${finalizers.join(", ")})`]),
        ...conditions,
    ];
    return held.length === 0 ? "" : `: ${held.join("; ")}`;
}
