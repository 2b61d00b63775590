import { argoCdNamespace } from "../../argocd/hub";
import { kubectl } from "../../kubectl";

/** Label of all objects of the delivery benchmark. */
export const benchLabel = { "hubspoke/bench": "true" };

/** The spoke on which all clusters of the benchmark are. */
export const spoke = "staging";

const selector = "--selector=hubspoke/bench=true";
const onHub = ["--namespace", argoCdNamespace];

/**
 * Deletes all objects of the delivery benchmark, also those of an interrupted run. Argo CD does not prune them:
 * it may no longer reach the clusters, and deleting the namespaces deletes everything in them.
 */
export async function clearDelivery(): Promise<void> {
    if ((await kubectl("hub", ["get", "crd", "applications.argoproj.io", "--ignore-not-found"])) === "") {
        return;
    }
    await kubectl("hub", ["delete", "applicationsets", selector, ...onHub, "--cascade=orphan"]);
    const applications = (await kubectl("hub", ["get", "applications", selector, ...onHub, "--output=name"])).trim();
    if (applications !== "") {
        const unfinished = ["--type=merge", '--patch={"metadata":{"finalizers":null}}'];
        await kubectl("hub", ["patch", ...applications.split("\n"), ...onHub, ...unfinished]);
    }
    await kubectl("hub", ["delete", "applications,secrets,appprojects", selector, ...onHub, "--timeout=50s"]);
    await kubectl(spoke, ["delete", "namespaces", selector, "--timeout=50s"]);
    await kubectl(spoke, ["delete", "clusterroles,clusterrolebindings", selector]);
    await kubectl(spoke, ["delete", "serviceaccounts", selector, "--namespace=default"]);
}
