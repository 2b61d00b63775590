import { firstGiven, isMap, textOf } from "../../plugin/values";
import type { Objects } from "../cluster/objects";
import {
    conditionOf,
    listAt,
    nameOfObject,
    namespaceOf,
    stringAt,
    valueAt,
    type KubeObject,
} from "../model/object";

/** Maximum number of reported problems; a broken rollout has the same one in every pod. */
const most = 5;

/**
 * The reasons why an object is not ready: warnings about it, and about the pods that it selects, images that
 * cannot be pulled, containers that end, pods that no node takes. Empty when none of that can be listed.
 */
export async function troublesOf(objects: Objects, object: KubeObject): Promise<readonly string[]> {
    const [events, pods] = await Promise.all([
        warningsAbout(objects, object).catch(() => []),
        podTroubles(objects, object).catch(() => []),
    ]);
    return [...new Set([...events, ...pods])].slice(0, most);
}

async function warningsAbout(objects: Objects, object: KubeObject): Promise<string[]> {
    const about = `type=Warning,involvedObject.uid=${stringAt(object, "metadata", "uid")}`;
    const events = await objects.list("v1", "Event", firstGiven(namespaceOf(object), "default"), {
        fieldSelector: about,
    });
    return events.map((event) => `[${stringAt(event, "reason")}] ${stringAt(event, "message")}`);
}

async function podTroubles(objects: Objects, object: KubeObject): Promise<string[]> {
    const labels = valueAt(object, "spec", "selector", "matchLabels");
    if (!isMap(labels) || Object.keys(labels).length === 0) {
        return [];
    }
    const selector = Object.entries(labels).map(([key, value]) => `${key}=${textOf(value)}`);
    const pods = await objects.list("v1", "Pod", namespaceOf(object), { labelSelector: selector.join(",") });
    return pods.flatMap(troublesOfPod);
}

function troublesOfPod(pod: KubeObject): string[] {
    const name = nameOfObject(pod);
    const scheduled = conditionOf(pod, "PodScheduled");
    const unscheduled =
        scheduled?.status === "False"
            ? [`[Pod ${name}]: ${firstGiven(stringAt(scheduled, "message"), "not scheduled")}`]
            : [];
    const containers = listAt(pod, "status", "containerStatuses").flatMap((status) => {
        const reason = firstGiven(
            stringAt(status, "state", "waiting", "reason"),
            stringAt(status, "state", "terminated", "reason"),
        );
        const message = stringAt(status, "state", "waiting", "message");
        const normal = reason === "" || reason === "ContainerCreating" || reason === "Completed";
        return normal
            ? []
            : [
                  `[Pod ${name}]: container "${stringAt(status, "name")}": ${[reason, message].join(" ").trim()}`,
              ];
    });
    return [...unscheduled, ...containers];
}
