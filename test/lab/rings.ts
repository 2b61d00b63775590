import { expect } from "chai";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { startApiServer, stopApiServer } from "../../lab/clusters";
import { projectRoot } from "../../lab/paths";
import { type Look, waitFor } from "../../lab/processes";
import { run } from "../../lab/processes/run";
import { projectDir, pulumiEnvironment } from "../../lab/stacks/environment";
import { changeInLab, readInLab } from "../../lab/stacks/project";
import { waitForSoak } from "../../lab/waiting";
import { push, runs, waitForState } from "./support/delivery";
import { killTree } from "./support/killing";
import {
    changedCluster, type Config, getObject, npmRun, type Outcome, pulumiOk, pulumiWithConfig,
    transcript,
} from "./support/lab";
import { addProdB, removeProdB } from "./support/prodB";
import { type FakePrometheus, openPrometheus } from "./support/prometheus";
import { noteSecret } from "./support/secrets";

const healthy = { sync: "Synced", health: "Healthy" };
const authorization = `Bearer ${randomBytes(24).toString("base64url")}`;
const stackFile = path.join(projectDir, "Pulumi.prod.yaml");

const begin = ["--from", "staging", "--timeout", "120s"];

function args(...more: string[]): string[] {
    return ["run", "--silent", "promote", "--", "--to", "prod", ...more];
}

const environment = () => ({ ...pulumiEnvironment(), PROMETHEUS_AUTHORIZATION: authorization });

async function promote(...more: string[]): Promise<Outcome> {
    const outcome = await run("npm", args(...more), { cwd: projectRoot, env: environment(), timeoutMs: 800_000 });
    transcript.push(outcome.output);
    return outcome;
}

async function promoteOk(...more: string[]): Promise<string> {
    const { ok, output } = await promote(...more);
    expect(ok, output).to.equal(true);
    return output;
}

/** A release; its pods have a time to start, in seconds, after which it is Degraded. */
function tagged(tag: string, deadline = 600): (text: string) => string {
    return (text) =>
        text
            .replace(/^( {2}tag: )"[^"]*"/m, `$1"${tag}"`)
            .replace(/^progressDeadlineSeconds: \d+/m, `progressDeadlineSeconds: ${deadline}`);
}

/** Another tag for prod's clusters alone; without one they have what all have. */
function ofProd(tag: string | undefined): (text: string) => string {
    return (text) => text.replace(/\nimage: \{ tag: [^}]*\}\n/, "") + (tag === undefined ? "" : `\nimage: { tag: ${tag} }\n`);
}

/** Pushes a release, and waits until staging has proved it. */
async function proved(changes: Parameters<typeof push>[0]): Promise<string> {
    const revision = await push(changes);
    await waitForState("staging", { ...healthy, revision });
    await waitForSoak();
    return revision;
}

async function pinOf(cluster: string): Promise<string | undefined> {
    return (await getObject("hub", "argocd", "secret", `cluster-${cluster}`)).metadata.annotations?.revision;
}

function clustersOf(config: Config): Record<string, Config> {
    return config["hubspoke:clusters"] as Record<string, Config>;
}

/** Gives the first cluster labels, and the environment its rings. */
function inRings(labels: Config, rollout: Config | undefined): void {
    changeInLab("prod", (config) => {
        const { prod, ...others } = clustersOf(config);
        const labelled = { ...prod, labels: { ...(prod?.labels as Config), ...labels } };
        return { ...config, "hubspoke:clusters": { prod: labelled, ...others }, "hubspoke:rollout": rollout };
    });
}

const fileText = () => fs.readFileSync(stackFile, "utf8");

describe("a release in rings", () => {
    let prometheus: FakePrometheus;
    let current: string;

    before(async () => {
        noteSecret("the credential for Prometheus", authorization);
        prometheus = await openPrometheus();
        await addProdB();
        inRings({ canary: "true" }, {
            rings: [
                { clusters: { labels: { canary: "true" } }, soak: "2s" },
                { percent: 100, soak: "2s", approve: true },
            ],
            prometheus: prometheus.url,
            gates: [{ query: 'errors{cluster=~"$clusters"}', threshold: "< 0.01", for: "3s" }],
        });
        await pulumiOk("prod", "up", "--yes", "--skip-preview");
        current = (await pinOf("prod")) ?? "";
    });

    after(async () => {
        await prometheus.close();
        inRings({ canary: undefined }, undefined);
        await removeProdB();
    });

    it("goes to the canary, and to the other cluster after an approval; a pause holds it between", async () => {
        const revision = await proved({ "helm/values.yaml": tagged("2.0.0") });
        const begun = await promoteOk(...begin);
        expect(begun).to.match(/ring 2 of 2 \(1 clusters\) needs an approval of \w+: npm run promote -- .* --approve/);
        await waitForState("prod", { ...healthy, revision });
        expect(await pinOf("prod-b")).to.equal(current);
        expect(prometheus.asked.at(-1)).to.deep.equal({ query: 'errors{cluster=~"prod"}', authorization });

        expect(await promoteOk("--pause")).to.include("is paused in ring 2 of 2: 1 of 2 clusters have it");
        const early = await promote("--approve");
        expect(early.ok, early.output).to.equal(false);
        expect(early.output).to.include("this is not possible now");
        expect(await promoteOk("--resume")).to.include("needs an approval");
        expect(await pinOf("prod-b")).to.equal(current);

        const done = await promoteOk("--approve");
        expect(done).to.include("is done: 2 of 2 clusters have it");
        await waitForState("prod-b", { ...healthy, revision });
        expect(prometheus.asked.at(-1)?.query).to.equal('errors{cluster=~"prod|prod-b"}');
        await pulumiOk("prod", "preview", "--expect-no-changes");
        expect(await promoteOk(...begin)).to.include(`every cluster has ${revision}`);
        current = revision;
    });

    it("goes back where a gate fails: the canary, the stack file and the record of promotions", async () => {
        const before = fileText();
        const revision = await proved({ "helm/values.yaml": tagged("2.0.1") });
        for (const value of [0.5, undefined]) {
            prometheus.value = value;
            // Its own way back has replaced it.
            const again = value === undefined ? ["--allow-superseded"] : [];
            const { ok, output } = await promote(...begin, ...again);
            expect(ok, output).to.equal(false);
            expect(output).to.match(/ring 1 of 2 failed: the gate errors.* < 0\.01: (is 0\.5|.* returns nothing)/);
            await waitForState("prod", { ...healthy, revision: current });
            expect(fileText()).to.equal(before);
        }
        prometheus.value = 0;
        await pulumiOk("prod", "preview", "--expect-no-changes");
        const stale = changedCluster("prod", (settings) => ({ ...settings, revision }));
        const refused = await pulumiWithConfig(stale, "prod", "preview");
        expect(refused.output).to.include(`is ${revision}, but a promotion replaced it with ${current}`);
    });

    it("goes back where a cluster is broken by it", async () => {
        const before = fileText();
        await proved({ "helm/values.yaml": tagged("2.0.2", 5), "helm/values-prod.yaml": ofProd("broken-2") });
        const { ok, output } = await promote(...begin);
        expect(ok, output).to.equal(false);
        expect(output).to.match(/ring 1 of 2 failed: 1 of its clusters failed, and 0 may fail:\n {2}prod: .*Degraded/);
        await waitForState("prod", { ...healthy, revision: current });
        expect(fileText()).to.equal(before);
        expect(await pinOf("prod-b")).to.equal(current);
        await proved({ "helm/values.yaml": tagged("2.0.2"), "helm/values-prod.yaml": ofProd(undefined) });
    });

    it("that is interrupted when the canary's pin has moved can be taken back", async () => {
        const before = fileText();
        const revision = await proved({ "helm/values.yaml": tagged("2.0.3") });
        const child = spawn("npm", args(...begin), {
            cwd: projectRoot,
            env: { ...process.env, ...environment() },
            stdio: "ignore",
        });
        await waitFor("the pin of prod to move", async (): Promise<Look<true>> => {
            const seen = await pinOf("prod");
            return seen === revision ? { done: true } : { seen: String(seen) };
        }, { timeoutMs: 400_000, intervalMs: 50 });
        await killTree(child);
        const recovered = await npmRun("recover", pulumiEnvironment(), "prod");
        expect(recovered.ok, recovered.output).to.equal(true);
        expect(await promoteOk("--status")).to.match(/is in ring 1 of 2: 1 of 2 clusters have it\. To go on: .*--resume/);
        expect(await promoteOk("--back")).to.include("was taken back");
        await waitForState("prod", { ...healthy, revision: current });
        expect(fileText()).to.equal(before);
        await pulumiOk("prod", "preview", "--expect-no-changes");
    });

    it("skips a dead cluster and says so, and moves it when it answers again", async () => {
        const revision = await proved({ "helm/values.yaml": tagged("2.0.4") });
        await stopApiServer("dr");
        await promoteOk(...begin);
        const done = await promoteOk("--approve");
        expect(done).to.include("is done: 1 of 2 clusters have it").and.match(/skipped prod-b: it does not answer/);
        expect((await runs("prod")).revision).to.equal(revision);
        expect(await pinOf("prod-b")).to.equal(current);
        expect(clustersOf(readInLab("prod"))["prod-b"]).to.include({ revision });

        await startApiServer("dr");
        expect(await promoteOk(...begin)).to.match(/ring 2 of 2 \(1 clusters\) needs an approval/);
        expect(await promoteOk("--approve")).to.include("is done: 1 of 1 clusters have it");
        await waitForState("prod-b", { ...healthy, revision });
        await pulumiOk("prod", "preview", "--expect-no-changes");
    });
});
