import { isMap, textOf } from "../../plugin/values";
import type { Objects } from "../cluster/objects";
import { conditionOf, listAt, nameOfObject, namespaceOf, stringAt, valueAt, type KubeObject } from "../model/object";

/** How many troubles are told; a broken rollout has the same one in every pod. */
const most = 5;

/**
 * What keeps the pods that an object selects from being ready: images that cannot be pulled, containers that end,
 * pods that no node takes. Empty for a kind without pods, and when the pods cannot be listed.
 */
export async function podTroubles(objects: Objects, object: KubeObject): Promise<readonly string[]> {
    const labels = valueAt(object, "spec", "selector", "matchLabels");
    if (!isMap(labels) || Object.keys(labels).length === 0) {
        return [];
    }
    const selector = Object.entries(labels).map(([key, value]) => `${key}=${textOf(value)}`);
    try {
        const pods = await objects.list("v1", "Pod", namespaceOf(object), selector.join(","));
        return pods.flatMap(troublesOf).slice(0, most);
    } catch {
        return [];
    }
}

function troublesOf(pod: KubeObject): string[] {
    const name = nameOfObject(pod);
    const scheduled = conditionOf(pod, "PodScheduled");
    const unscheduled =
        scheduled?.status === "False" ? [`[Pod ${name}]: ${stringAt(scheduled, "message") || "not scheduled"}`] : [];
    const containers = listAt(pod, "status", "containerStatuses").flatMap((status) => {
        const reason = stringAt(status, "state", "waiting", "reason") || stringAt(status, "state", "terminated", "reason");
        const message = stringAt(status, "state", "waiting", "message");
        const normal = reason === "" || reason === "ContainerCreating" || reason === "Completed";
        return normal ? [] : [`[Pod ${name}]: container "${stringAt(status, "name")}": ${[reason, message].join(" ").trim()}`];
    });
    return [...unscheduled, ...containers];
}
