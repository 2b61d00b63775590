import { firstGiven, isMap } from "../../plugin/values";
import { conditionOf, listAt, stringAt, valueAt } from "../model/object";
import { failed, ready, waiting, type ReadinessRule } from "./readiness";

/** The API server serves the new kind: its status says so, and discovery, which is slower, lists it. */
export const customResourceDefinition: ReadinessRule = async ({ live, objects }) => {
    const names = conditionOf(live, "NamesAccepted");
    if (names?.status === "False") {
        return failed(`its names are not accepted: ${stringAt(names, "message")}`);
    }
    const version = listAt(live, "spec", "versions").find((version) => valueAt(version, "served") === true);
    const apiVersion = `${stringAt(live, "spec", "group")}/${stringAt(version, "name")}`;
    const established = conditionOf(live, "Established")?.status === "True";
    const served =
        established && (await objects.isServed(apiVersion, stringAt(live, "spec", "names", "kind")));
    return served ? ready : waiting("Waiting for the kind to be served");
};

export const namespace: ReadinessRule = ({ live }) =>
    stringAt(live, "status", "phase") === "Active"
        ? ready
        : waiting("Waiting for the namespace to be active");

/** A service account's token Secret is filled by a controller; other Secrets are complete as they are. */
export const secret: ReadinessRule = ({ live }) => {
    if (stringAt(live, "type") !== "kubernetes.io/service-account-token") {
        return ready;
    }
    const missing = ["token", "ca.crt"].filter((key) => stringAt(live, "data", key) === "");
    return missing.length === 0
        ? ready
        : waiting(
              `Waiting for the token controller to fill in ${missing.join(" and ")}; does the ServiceAccount exist?`,
          );
};

export const resourceQuota: ReadinessRule = ({ live }) => {
    const [wanted, seen] = [valueAt(live, "spec", "hard"), valueAt(live, "status", "hard")];
    const counted =
        isMap(wanted) && isMap(seen) && Object.keys(wanted).every((key) => seen[key] === wanted[key]);
    return counted ? ready : waiting("Waiting for the quota to be counted");
};

export const persistentVolume: ReadinessRule = ({ live }) =>
    ["Available", "Bound"].includes(stringAt(live, "status", "phase"))
        ? ready
        : waiting(
              `Waiting for the volume, phase ${firstGiven(stringAt(live, "status", "phase"), "unknown")}`,
          );
