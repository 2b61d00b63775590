import { expect } from "chai";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { holdAnnotations, holders } from "../../clusters/heldAnnotations";
import { findCluster } from "../../clusters/kubeconfig";
import { startApiServer, stopApiServer } from "../../lab/clusters";
import { kubectl } from "../../lab/kubectl";
import { kubeconfigPath, projectRoot } from "../../lab/paths";
import { type Look, waitFor } from "../../lab/processes";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { changeInLab } from "../../lab/stacks/project";
import { waitForApplications } from "../../lab/waiting";
import { closedPort } from "../unit/support/failure";
import {
    changedCluster,
    type Config,
    getObject,
    labelled,
    namesOf,
    npmRun,
    pulumi,
    pulumiOk,
    pulumiWithConfig,
    transcript,
    withConfig,
} from "./support/lab";
import { addProdB, removeProdB } from "./support/prodB";
import { type RestrictedKubeconfig, restrictedKubeconfig } from "./support/restricted";

type Clusters = Record<string, Config>;

function clustersOf(config: Config): Clusters {
    return config["hubspoke:clusters"] as Clusters;
}

const skipReconcile = "argocd.argoproj.io/skip-reconcile";

const up = ["up", "--yes", "--skip-preview"] as const;

/** Changes a label of prod's, which is no concern of its neighbour's. */
const changed = (tier: string) => labelled("prod", { tier });

function without(name: string): (config: Config) => Config {
    return (config) => {
        const left = Object.entries(clustersOf(config)).filter(([other]) => other !== name);
        return { ...config, "hubspoke:clusters": Object.fromEntries(left) };
    };
}

async function annotationsOf(secret: string): Promise<Record<string, string>> {
    return (await getObject("hub", "argocd", "secret", secret)).metadata.annotations ?? {};
}

/** The receiver of alerts, which has Argo CD leave dead clusters alone. */
interface Skipping {
    /** Tells it of prod-b, as Alertmanager does. */
    readonly send: (status: "firing" | "resolved") => Promise<void>;
    readonly said: () => string;
    readonly stop: () => Promise<void>;
}

async function startSkipping(kubeconfig: string): Promise<Skipping> {
    const token = "the-token-of-the-receiver";
    const url = `http://127.0.0.1:${await closedPort()}/alerts`;
    const args = ["scripts/failoverReceiver/index.ts", "--skip-reconcile-after", "1s", "--listen", new URL(url).host];
    const child = spawn(process.execPath, ["--import", "tsx", ...args], {
        cwd: projectRoot,
        env: { ...process.env, ...pulumiEnvironment(), KUBECONFIG: kubeconfig, FAILOVER_TOKEN: token },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await waitFor("the receiver to listen", (): Promise<Look<true>> => {
        return Promise.resolve(said.includes("listening on") ? { done: true } : { seen: said });
    }, { timeoutMs: 120_000 });
    const labels = { alertname: "ClusterUnreachable", cluster: "prod-b" };
    const alert = { labels, startsAt: new Date(Date.now() - 60_000).toISOString(), fingerprint: "prod-b" };
    return {
        send: async (status) => {
            const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
            const body = JSON.stringify({ alerts: [{ ...alert, status }] });
            expect((await fetch(url, { method: "POST", headers, body })).status).to.equal(202);
        },
        said: () => said,
        stop: async () => {
            transcript.push(said);
            const ended = new Promise((resolve) => child.once("exit", resolve));
            child.kill();
            await ended;
        },
    };
}

/** The same command again, as after an interruption at its very end. */
async function expectDone(word: string, ...more: string[]): Promise<void> {
    const { ok, output } = await npmRun("quarantine", pulumiEnvironment(), "prod", "--cluster", "prod-b", ...more);
    expect(ok, output).to.equal(true);
    expect(output).to.include(`prod-b is ${word} in quarantine. Nothing was changed`);
}

describe("a cluster in quarantine", () => {
    let receiver: Skipping;
    let identity: RestrictedKubeconfig;

    before(async () => {
        await addProdB();
        await stopApiServer("dr");
        identity = await restrictedKubeconfig("receiver", { hub: "hub-receiver.yaml" });
    });

    after(async () => {
        await receiver.stop();
        await identity.remove();
        await removeProdB();
    });

    it("blocks its neighbours before that", async () => {
        const { ok, output } = await pulumiWithConfig(changed("a"), "prod", "preview");
        expect(ok, output).to.equal(false);
        expect(output).to.match(/hubspoke:clusters\.prod-b: the API server https:\S+ cannot be reached/);
    });

    it("is left alone by Argo CD when the receiver hears of it, which has no right but those in docs/rbac", async () => {
        receiver = await startSkipping(identity.file);
        await receiver.send("firing");
        await waitFor("the receiver to annotate the Secret of prod-b", async (): Promise<Look<true>> => {
            const annotations = await annotationsOf("cluster-prod-b");
            return annotations["hubspoke/unreachable-since"] === undefined ? { seen: receiver.said() } : { done: true };
        }, { timeoutMs: 300_000 });
        const annotations = await annotationsOf("cluster-prod-b");
        expect(annotations).to.have.property(skipReconcile, "true");
        expect(annotations["hubspoke/view-before-quarantine"]).to.include("connection refused");
    });

    it("is skipped by pulumi and by Argo CD, and its neighbours still work", async () => {
        const { ok, output } = await npmRun("quarantine", pulumiEnvironment(), "prod", "--cluster", "prod-b");
        expect(ok, output).to.equal(true);
        const annotations = await annotationsOf("cluster-prod-b");
        expect(annotations).to.have.property(skipReconcile, "true");
        expect(annotations["hubspoke/view-before-quarantine"]).to.include("connection refused");
        await expectDone("already");
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

    it("stays in its stack's quarantine when the receiver takes back its own", async () => {
        await receiver.send("resolved");
        await waitFor("the receiver to give up its annotations", async (): Promise<Look<true>> => {
            const annotations = await annotationsOf("cluster-prod-b");
            return annotations["hubspoke/unreachable-since"] === undefined ? { done: true } : { seen: receiver.said() };
        }, { timeoutMs: 60_000 });
        const annotations = await annotationsOf("cluster-prod-b");
        expect(annotations).to.have.property(skipReconcile, "true");
        expect(annotations["hubspoke/view-before-quarantine"]).to.include("connection refused");
    });

    it("gets nothing new and loses nothing: the preview refuses each change by name", async () => {
        const newer = changedCluster("prod-b", (settings) => ({ ...settings, credentials: { generation: 2 } }));
        const made = await pulumiWithConfig(newer, "prod", "preview");
        expect(made.ok, made.output).to.equal(false);
        expect(made.output).to.match(/clusters\.prod-b\.quarantined: prod-b-manager-token-2\S* would be new on prod-b/);
        const removed = await pulumiWithConfig(without("prod-b"), "prod", "preview");
        expect(removed.ok, removed.output).to.equal(false);
        const order = /clusters\.prod-b: is not in the settings any more, and Argo CD leaves it alone.*prod .*--lift/;
        expect(removed.output).to.match(order);
        const lifted = (config: Config) => ({ ...without("prod-b")(config), "hubspoke:protect": false });
        const unprotected = await pulumiWithConfig(lifted, "prod", "preview");
        expect(unprotected.ok, unprotected.output).to.equal(false);
        expect(unprotected.output).to.match(order);
        const pinned = changedCluster("prod-b", (settings) => ({ ...settings, revision: "another" }));
        const moved = await pulumiWithConfig(pinned, "prod", "preview");
        expect(moved.ok, moved.output).to.equal(true);
        expect(moved.output).to.match(/prod-b-cluster-secret +update/);
    });

    it("is still skipped when it answers again", async () => {
        await startApiServer("dr");
        await kubectl("dr", ["delete", "service", "agent", "--namespace=agent"]);
        await withConfig("prod", changed("silver"), () => pulumiOk("prod", ...up));
        await pulumiOk("prod", ...up, "--refresh");
        // Argo CD heals within seconds where it looks.
        await sleep(20_000);
        expect(await namesOf("dr", "agent", "services")).not.to.include("agent");
    });

    it("works again after the end of the quarantine", async () => {
        const { ok, output } = await npmRun("quarantine", pulumiEnvironment(), "prod", "--cluster", "prod-b", "--lift");
        expect(ok, output).to.equal(true);
        expect(output).to.include("Argo CD works on prod-b again");
        expect(await annotationsOf("cluster-prod-b")).not.to.have.property(skipReconcile);
        await expectDone("not", "--lift");
        await waitFor(
            "Argo CD to put back the agent's Service",
            async (): Promise<Look<true>> => {
                const names = await namesOf("dr", "agent", "services");
                return names.includes("agent") ? { done: true } : { seen: names.join(", ") };
            },
            { timeoutMs: 60_000 },
        );
        await waitForApplications(["agent-prod", "agent-prod-b", "agent-staging"]);
        const preview = await pulumi("prod", "preview", "--refresh", "--expect-no-changes");
        expect(preview.ok, preview.output).to.equal(true);
    });

    it("that a receiver has left alone is named by its stack, which leaves that to the receiver, or to --lift", async () => {
        await holdAnnotations(
            await findCluster("hub", { kubeconfig: fs.readFileSync(kubeconfigPath, "utf8"), context: "hub" }),
            "api/v1/namespaces/argocd/secrets/cluster-prod-b",
            holders.receiver,
            { [skipReconcile]: "true", "hubspoke/unreachable-since": "2026-01-01T00:00:00Z" },
        );
        const output = await pulumiOk("prod", ...up, "--refresh");
        const lift = /clusters\.prod-b: Argo CD leaves it alone now.*quarantine -- prod --cluster prod-b --lift/;
        expect(output).to.match(lift);
        await pulumiOk("prod", "preview", "--expect-no-changes");
        expect(await annotationsOf("cluster-prod-b")).to.have.property(skipReconcile, "true");
        const rotation = await npmRun("rotate", pulumiEnvironment(), "prod");
        expect(rotation.ok, rotation.output).to.equal(false);
        expect(rotation.output).to.match(/clusters\.prod-b: Argo CD leaves it alone now/);
        const { ok, output: lifted } = await npmRun("quarantine", pulumiEnvironment(), "prod", "--cluster", "prod-b", "--lift");
        expect(ok, lifted).to.equal(true);
        const annotations = await annotationsOf("cluster-prod-b");
        expect(annotations).not.to.have.any.keys(skipReconcile, "hubspoke/unreachable-since");
    });

    it("leaves a protected environment only when that is lifted, which a preview says", async () => {
        const { ok, output } = await pulumiWithConfig(without("prod-b"), "prod", "preview");
        expect(ok, output).to.equal(false);
        const remedy = /clusters\.prod-b: is not in the settings any more.*`hubspoke:protect: false` with the cluster/;
        expect(output).to.match(remedy);
        const lifted = (config: Config) => ({ ...without("prod-b")(config), "hubspoke:protect": false });
        const together = await pulumiWithConfig(lifted, "prod", "preview");
        expect(together.ok, together.output).to.equal(false);
        expect(together.output).to.match(/protect: is false, and clusters\.prod-b is removed in the same change/);
        changeInLab("prod", (config) => ({ ...config, "hubspoke:protect": false }));
        await pulumiOk("prod", ...up);
        const preview = await pulumiWithConfig(without("prod-b"), "prod", "preview");
        expect(preview.ok, preview.output).to.equal(true);
    });
});

describe("a lab with a cluster in quarantine", () => {
    // The test of lab:down (end.ts) comes next, and must leave nothing of it.
    it("is left as it is", async () => {
        const { ok, output } = await npmRun("quarantine", pulumiEnvironment(), "prod", "--cluster", "prod");
        expect(ok, output).to.equal(true);
        expect(await annotationsOf("cluster-prod")).to.have.property(skipReconcile, "true");
    });
});
