import { argoCdNamespace } from "../../argocd/hub";
import { kubectl } from "../../kubectl";

/** Label of all that the benchmark of delivery makes. */
export const benchLabel = { "hubspoke/bench": "true" };

/** The spoke on which all clusters of the benchmark are. */
export const spoke = "staging";

const selector = "--selector=hubspoke/bench=true";
const onHub = ["--namespace", argoCdNamespace];

/**
 * Takes away all that the benchmark of delivery made, also in a run that was cut off. Argo CD is not asked to prune:
 * by then it may not reach the clusters, and their namespaces go with everything in them.
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
