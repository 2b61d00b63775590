import { firstGiven } from "../../plugin/values";
import { conditionOf, isObserved, numberAt, stringAt, type KubeObject } from "../model/object";
import { failed, ready, waiting, type Readiness, type ReadinessRule } from "./readiness";

const revision = "deployment.kubernetes.io/revision";

/** Available, and every replica is of the newest revision. */
export const deployment: ReadinessRule = ({ live }) => {
    const wanted = numberAt(live, "spec", "replicas") ?? 1;
    const updated = numberAt(live, "status", "updatedReplicas") ?? 0;
    const available = numberAt(live, "status", "availableReplicas") ?? 0;
    const generation = stringAt(live, "metadata", "annotations", revision);
    if (!isSeen(live) || generation === "") {
        return waiting("Waiting for the Deployment controller");
    }
    const rollout = generation === "1" || isRolledOut(live);
    if (isTrue(live, "Available") && rollout && updated >= wanted && available >= wanted) {
        return ready;
    }
    return waiting(
        [
            `Waiting for app ReplicaSet to be available (${Math.min(updated, available)}/${wanted} Pods available)`,
            ...["Progressing", "Available"].flatMap((type) => complaint(live, type)),
        ].join("; "),
    );
};

/** Every replica is ready and of the newest revision. */
export const statefulSet: ReadinessRule = ({ live }) => {
    if (!isSeen(live)) {
        return waiting("Waiting for the StatefulSet controller");
    }
    const wanted = numberAt(live, "spec", "replicas") ?? 1;
    const count = (field: string): number => numberAt(live, "status", field) ?? 0;
    const replicasReady = count("replicas") === wanted && count("readyReplicas") === wanted;
    const onDelete =
        stringAt(live, "spec", "updateStrategy", "type") === "OnDelete" &&
        (numberAt(live, "metadata", "generation") ?? 1) > 1;
    if (!replicasReady || (!onDelete && count("currentReplicas") !== wanted)) {
        return waiting(`Waiting for StatefulSet Pods (${count("readyReplicas")}/${wanted} Pods ready)`);
    }
    const current = stringAt(live, "status", "currentRevision");
    return onDelete || (current !== "" && current === stringAt(live, "status", "updateRevision"))
        ? ready
        : waiting("Waiting for StatefulSet to update .status.currentRevision");
};

/** A pod of the newest revision is available on every node that wants one. */
export const daemonSet: ReadinessRule = ({ live }) => {
    const wanted = numberAt(live, "status", "desiredNumberScheduled");
    if (!isSeen(live) || wanted === undefined) {
        return waiting("Waiting for the DaemonSet controller");
    }
    const fields = ["currentNumberScheduled", "updatedNumberScheduled", "numberAvailable", "numberReady"];
    const behind = fields.find((field) => (numberAt(live, "status", field) ?? 0) < wanted);
    return behind === undefined
        ? ready
        : waiting(
              `Waiting for DaemonSet: ${behind} is ${numberAt(live, "status", behind) ?? 0} of ${wanted}`,
          );
};

/** Complete. A failed Job does not recover. */
export const job: ReadinessRule = ({ live }) => {
    if (isTrue(live, "Complete")) {
        return ready;
    }
    const failure = conditionOf(live, "Failed");
    return failure?.status === "True"
        ? failed(`Job failed: [${stringAt(failure, "reason")}] ${stringAt(failure, "message")}`)
        : waiting(
              `Waiting for Job to complete (${numberAt(live, "status", "succeeded") ?? 0} Pods succeeded)`,
          );
};

/** Ready, or finished with success. */
export const pod: ReadinessRule = ({ live }) => {
    const phase = stringAt(live, "status", "phase");
    if (isTrue(live, "Ready") || phase === "Succeeded") {
        return ready;
    }
    return waiting(
        [`Waiting for Pod, phase ${firstGiven(phase, "unknown")}`, ...complaint(live, "Ready")].join("; "),
    );
};

export const replicationController: ReadinessRule = ({ live }): Readiness => {
    const wanted = numberAt(live, "spec", "replicas") ?? 1;
    const available = numberAt(live, "status", "availableReplicas") ?? 0;
    return available === wanted ? ready : waiting(`Waiting for Pods (${available}/${wanted} available)`);
};

/** The controller has seen the newest generation; without a status it has seen none. */
function isSeen(live: KubeObject): boolean {
    return numberAt(live, "status", "observedGeneration") !== undefined && isObserved(live);
}

function isRolledOut(live: KubeObject): boolean {
    return (
        isTrue(live, "Progressing") && conditionOf(live, "Progressing")?.reason === "NewReplicaSetAvailable"
    );
}

function isTrue(live: KubeObject, type: string): boolean {
    return conditionOf(live, type)?.status === "True";
}

/** What a condition that is not true says. */
function complaint(live: KubeObject, type: string): string[] {
    const condition = conditionOf(live, type);
    return condition === undefined || condition.status === "True"
        ? []
        : [`[${stringAt(condition, "reason")}] ${stringAt(condition, "message")}`];
}
