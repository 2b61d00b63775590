import { changeInLab } from "../../../lab/stacks/project";
import { waitForApplications } from "../../../lab/waiting";
import { type Config, destroyProtected, pulumiOk } from "./lab";

type Clusters = Record<string, Config>;

const up = ["up", "--yes", "--skip-preview"] as const;

function change(changes: (clusters: Clusters) => Clusters, more: Config = {}): void {
    changeInLab("prod", (config) => {
        return { ...config, "hubspoke:clusters": changes(config["hubspoke:clusters"] as Clusters), ...more };
    });
}

/** Gives prod a second cluster, prod-b, on the control plane of dr, whose own stack is destroyed meanwhile. */
export async function addProdB(): Promise<void> {
    await destroyProtected("dr");
    change((clusters) => ({ ...clusters, "prod-b": { ...clusters.prod, context: "dr" } }));
    await pulumiOk("prod", ...up);
    await waitForApplications(["agent-prod", "agent-prod-b", "agent-staging"]);
}

/** Makes the lab as it was before: prod with one cluster, and dr. */
export async function removeProdB(): Promise<void> {
    change((clusters) => clusters, { "hubspoke:protect": false });
    await pulumiOk("prod", ...up);
    change(({ prod = {} }) => ({ prod }));
    await pulumiOk("prod", ...up);
    change((clusters) => clusters, { "hubspoke:protect": undefined });
    await pulumiOk("prod", ...up);
    await pulumiOk("dr", ...up);
    await waitForApplications(["agent-dr", "agent-prod", "agent-staging"]);
}
