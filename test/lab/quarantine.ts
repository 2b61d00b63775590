import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import { startApiServer, stopApiServer } from "../../lab/clusters";
import { kubectl } from "../../lab/kubectl";
import { type Look, waitFor } from "../../lab/processes";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { changeInLab } from "../../lab/stacks/project";
import { waitForApplications } from "../../lab/waiting";
import {
    changedCluster,
    type Config,
    destroyProtected,
    getObject,
    labelled,
    namesOf,
    npmRun,
    pulumi,
    pulumiOk,
    pulumiWithConfig,
    withConfig,
} from "./support/lab";

type Clusters = Record<string, Config>;

function clustersOf(config: Config): Clusters {
    return config["hubspoke:clusters"] as Clusters;
}

const up = ["up", "--yes", "--skip-preview"] as const;

/** Changes a label of prod's, which is no concern of its neighbour's. */
const changed = (tier: string) => labelled("prod", { tier });

function without(name: string): (config: Config) => Config {
    return (config) => {
        const left = Object.entries(clustersOf(config)).filter(([other]) => other !== name);
        return { ...config, "hubspoke:clusters": Object.fromEntries(left) };
    };
}

describe("a cluster in quarantine", () => {
    before(async () => {
        await destroyProtected("dr");
        changeInLab("prod", (config) => {
            const clusters = clustersOf(config);
            const neighbour = { ...clusters.prod, context: "dr" };
            return { ...config, "hubspoke:clusters": { ...clusters, "prod-b": neighbour } };
        });
        await pulumiOk("prod", ...up);
        await waitForApplications(["agent-prod", "agent-prod-b", "agent-staging"]);
        await stopApiServer("dr");
    });

    after(async () => {
        changeInLab("prod", (config) => ({ ...config, "hubspoke:protect": false }));
        await pulumiOk("prod", ...up);
        changeInLab("prod", (config) => ({ ...without("prod-b")(config), "hubspoke:protect": undefined }));
        await pulumiOk("prod", ...up);
        await pulumiOk("dr", ...up);
        await waitForApplications(["agent-dr", "agent-prod", "agent-staging"]);
    });

    it("holds up its neighbours before that", async () => {
        const { ok, output } = await pulumiWithConfig(changed("a"), "prod", "preview");
        expect(ok, output).to.equal(false);
        expect(output).to.match(/hubspoke:clusters\.prod-b: the API server https:\S+ cannot be reached/);
    });

    it("is left alone by pulumi and by Argo CD, and its neighbours go on", async () => {
        const { ok, output } = await npmRun("quarantine", pulumiEnvironment(), "prod", "--cluster", "prod-b");
        expect(ok, output).to.equal(true);
        const { metadata } = await getObject("hub", "argocd", "secret", "cluster-prod-b");
        expect(metadata.annotations).to.have.property("argocd.argoproj.io/skip-reconcile", "true");
        expect(metadata.annotations?.["hubspoke/view-before-quarantine"]).to.include("connection refused");
        await pulumiOk("prod", "preview", "--expect-no-changes");
        await withConfig("prod", changed("gold"), () => pulumiOk("prod", ...up));
        expect((await getObject("hub", "argocd", "secret", "cluster-prod")).metadata.labels).to.include({ tier: "gold" });
        await pulumiOk("prod", ...up);
        await waitFor(
            "agent-prod-b to show its quarantine",
            async (): Promise<Look<true>> => {
                const { labels = {} } = (await getObject("hub", "argocd", "application", "agent-prod-b")).metadata;
                return labels["hubspoke/quarantined"] === "true" ? { done: true } : { seen: JSON.stringify(labels) };
            },
            { timeoutMs: 60_000 },
        );
    });

    it("gets nothing new and loses nothing: each is refused by name, in the preview", async () => {
        const newer = changedCluster("prod-b", (settings) => ({ ...settings, credentials: { generation: 2 } }));
        const made = await pulumiWithConfig(newer, "prod", "preview");
        expect(made.ok, made.output).to.equal(false);
        expect(made.output).to.match(/clusters\.prod-b\.quarantined: prod-b-manager-token-2\S* would be new on prod-b/);
        const removed = await pulumiWithConfig(without("prod-b"), "prod", "preview");
        expect(removed.ok, removed.output).to.equal(false);
        expect(removed.output).to.match(/prod-b.*protected/);
    });

    it("is left alone also when it answers again", async () => {
        await startApiServer("dr");
        await kubectl("dr", ["delete", "service", "agent", "--namespace=agent"]);
        await withConfig("prod", changed("silver"), () => pulumiOk("prod", ...up));
        await pulumiOk("prod", ...up, "--refresh");
        // Argo CD heals within seconds where it looks.
        await sleep(20_000);
        expect(await namesOf("dr", "agent", "services")).not.to.include("agent");
    });

    it("comes back when that is lifted", async () => {
        const { ok, output } = await npmRun("quarantine", pulumiEnvironment(), "prod", "--cluster", "prod-b", "--lift");
        expect(ok, output).to.equal(true);
        const { annotations } = (await getObject("hub", "argocd", "secret", "cluster-prod-b")).metadata;
        expect(annotations).not.to.have.property("argocd.argoproj.io/skip-reconcile");
        await waitFor(
            "Argo CD to put back the agent's Service",
            async (): Promise<Look<true>> => {
                const names = await namesOf("dr", "agent", "services");
                return names.includes("agent") ? { done: true } : { seen: names.join(", ") };
            },
            { timeoutMs: 120_000 },
        );
        await waitForApplications(["agent-prod", "agent-prod-b", "agent-staging"]);
        const preview = await pulumi("prod", "preview", "--refresh", "--expect-no-changes");
        expect(preview.ok, preview.output).to.equal(true);
    });
});
