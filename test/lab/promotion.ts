import { expect } from "chai";
import { spawn } from "node:child_process";
import { startArgoCd } from "../../lab/argocd";
import { kubectl } from "../../lab/kubectl";
import { run } from "../../lab/processes/run";
import { type Look, waitFor } from "../../lab/processes";
import { projectRoot } from "../../lab/paths";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { changeInLab, readInLab } from "../../lab/stacks/project";
import { waitForApplications, waitForSoak } from "../../lab/waiting";
import { applicationOf, applicationSetStatus, push, runs, waitForState } from "./support/delivery";
import {
    changedCluster,
    getObject,
    labelled,
    npmRun,
    pulumiOk,
    pulumiWithConfig,
    transcript,
    withConfig,
    type Outcome,
} from "./support/lab";
import { killTree } from "./support/killing";
import { openReceiver, type Receiver } from "./support/receiver";

const everywhere = ["agent-dr", "agent-prod", "agent-staging"];
const healthy = { sync: "Synced", health: "Healthy" };

/** A release: an image's tag, and a deadline at which a roll-out that does not come about is Degraded. */
function release(tag: string): (text: string) => string {
    return (text) =>
        text
            .replace(/^( {2}tag: )"[^"]*"/m, `$1"${tag}"`)
            .replace(/^progressDeadlineSeconds: \d+/m, "progressDeadlineSeconds: 5");
}

const values = "helm/values.yaml";

/** Another tag for staging alone; without one, staging has what all have. */
function stagingTag(tag: string | undefined): (text: string) => string {
    return (text) => text.replace(/\nimage: \{ tag: [^}]*\}\n/, "") + (tag === undefined ? "" : `\nimage: { tag: ${tag} }\n`);
}

function promotion(to: string, from: string): string[] {
    return ["run", "--silent", "promote", "--", "--from", from, "--to", to, "--timeout", "180s"];
}

async function promote(to: string, from = "staging"): Promise<Outcome> {
    const outcome = await run("npm", promotion(to, from), { cwd: projectRoot, env: pulumiEnvironment(), timeoutMs: 600_000 });
    transcript.push(outcome.output);
    return outcome;
}

/** Runs and prints how long it took: these are the times of a release on its way. */
async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
    const started = Date.now();
    const result = await work();
    process.stdout.write(`      ${what}: ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
    return result;
}

async function imageOf(cluster: string): Promise<string> {
    return (await applicationOf(cluster)).status.summary.images.join(" ");
}

describe("a release, rollout pinned", () => {
    it("with a broken image stops at staging: it is not promoted, and prod and dr run what they ran", async () => {
        const before = await Promise.all([runs("prod"), runs("dr")]);
        const broken = await timed("from push to Degraded on staging", async () => {
            const revision = await push({ [values]: release("broken-1") });
            await waitForState("staging", { revision, health: "Degraded" });
            return revision;
        });
        for (const { ok, output } of await Promise.all([promote("prod"), promote("dr")])) {
            expect(ok, output).to.equal(false);
            expect(output).to.match(new RegExp(`staging is not Synced and Healthy[^]*agent-staging: .*Degraded at ${broken}`));
        }
        expect(await Promise.all([runs("prod"), runs("dr")])).to.deep.equal(before);
    });

    it("is not promoted if more of the cluster Secret would change, and lists that", async () => {
        const before = await getObject("hub", "argocd", "secret", "cluster-prod");
        const { ok, output } = await withConfig("prod", labelled("prod", { tier: "gold" }), async () => {
            const kept = readInLab("prod");
            const outcome = await promote("prod", "dr");
            expect(readInLab("prod")).to.deep.equal(kept);
            return outcome;
        });
        expect(ok, output).to.equal(false);
        expect(output).to.include("nothing was brought up");
        expect(output).to.match(/^ {2}update prod-cluster-secret .*: metadata\.labels\.tier$/m);
        const { metadata } = await getObject("hub", "argocd", "secret", "cluster-prod");
        expect(metadata.resourceVersion).to.equal(before.metadata.resourceVersion);
    });

    it("that is sound goes to staging, then by promotion to prod, and to dr", async () => {
        const before = await runs("dr");
        const { revision: earlier } = await runs("prod");
        const revision = await timed("from push to Healthy on staging", async () => {
            const pushed = await push({ [values]: release("1.0.1") });
            await waitForState("staging", { ...healthy, revision: pushed });
            return pushed;
        });
        await waitForSoak();

        const prod = await timed("promotion to prod", () => promote("prod"));
        expect(prod.ok, prod.output).to.equal(true);
        await waitForState("prod", { ...healthy, revision });
        expect(await runs("dr")).to.deep.equal(before);

        const pinned = (pin: object) => changedCluster("prod", (settings) => ({ ...settings, ...pin }));
        const stale = await pulumiWithConfig(pinned({ revision: earlier }), "prod", "preview");
        expect(stale.ok, stale.output).to.equal(false);
        expect(stale.output).to.include(`hubspoke:clusters.prod.revision: is ${earlier}, but a promotion replaced it with ${revision}`);
        const back = await pulumiWithConfig(pinned({ revision: earlier, rollbackFrom: revision }), "prod", "preview");
        expect(back.ok, back.output).to.equal(true);

        // What waits elsewhere in the stack goes on waiting.
        const hard = "--output=jsonpath={.items[*].spec.hard.pods}";
        const pods = () => kubectl("dr", ["get", "resourcequota", "--namespace=agent", hard]);
        const quota = await pods();
        const setting = (namespace: object | undefined) => {
            changeInLab("dr", (config) => ({ ...config, "hubspoke:namespace": namespace }));
        };
        setting({ pods: 19 });
        const dr = await timed("promotion to dr", () => promote("dr"));
        setting(undefined);
        expect(dr.ok, dr.output).to.equal(true);
        expect(await pods()).to.equal(quota);
        await waitForState("dr", { ...healthy, revision });
        expect(await imageOf("dr")).to.match(/:1\.0\.1$/);
    });

    it("that is interrupted once the pin has moved is on record, and goes on when it is run again", async () => {
        const secret = () => getObject("hub", "argocd", "secret", "cluster-prod");
        const recorded = async () => (await getObject("hub", "argocd", "configmap", "promotion-record")).data ?? {};
        const earlier = (await secret()).metadata.annotations?.revision;
        // A commit that changes no manifest is not synced, and so not announced.
        const revision = await push({ [values]: release("1.0.11") });
        await waitForState("staging", { ...healthy, revision });
        await waitForSoak();

        const child = spawn("npm", promotion("prod", "staging"), {
            cwd: projectRoot,
            env: { ...process.env, ...pulumiEnvironment() },
            stdio: "ignore",
        });
        await waitFor("the pin of prod to move", async (): Promise<Look<true>> => {
            const seen = (await secret()).metadata.annotations?.revision;
            return seen === revision ? { done: true } : { seen: String(seen) };
        }, { timeoutMs: 400_000, intervalMs: 50 });
        await killTree(child);
        expect(JSON.parse((await recorded())["prod.begun"] ?? "{}")).to.include({ revision, from: earlier });
        expect((await recorded()).prod).to.include(`"revision":"${earlier}"`);
        const recovered = await npmRun("recover", pulumiEnvironment(), "prod");
        expect(recovered.ok, recovered.output).to.equal(true);

        const pinned = changedCluster("prod", (settings) => ({ ...settings, revision: earlier }));
        const stale = await pulumiWithConfig(pinned, "prod", "preview");
        expect(stale.ok, stale.output).to.equal(false);
        expect(stale.output).to.include(`is ${earlier}, but a promotion replaced it with ${revision}`);

        const again = await promote("prod");
        expect(again.ok, again.output).to.equal(true);
        expect(await recorded()).not.to.have.property("prod.begun");
        expect(JSON.parse((await recorded()).prod ?? "{}")).to.deep.include({ revision }).and.have.property("superseded")
            .that.includes(earlier);
        const dr = await promote("dr");
        expect(dr.ok, dr.output).to.equal(true);
    });
});

describe("a release, rollout rolling, announced by a webhook", () => {
    const token = "the-token-of-the-webhook";
    let receiver: Receiver;

    before(async () => {
        receiver = await openReceiver(token);
        const webhooks = { test: { url: receiver.url, token } };
        const changed = (config: Record<string, unknown>) => ({
            ...config,
            "hubspoke:rollout": { strategy: "rolling", soak: "3s" },
            "hubspoke:alerts": { ...(config["hubspoke:alerts"] as object), notifications: { webhooks } },
        });
        await withConfig("hub", changed, () => pulumiOk("hub", "up", "--yes", "--skip-preview"));
        // The hub has a notifications controller now.
        await startArgoCd(() => undefined);
        await waitForApplications(everywhere);
    });

    after(async () => {
        await pulumiOk("hub", "up", "--yes", "--skip-preview");
        await startArgoCd(() => undefined);
        await receiver.close();
        await waitForApplications(everywhere);
    });

    it("reports what each Application runs at the first scrape", async () => {
        for (const cluster of ["staging", "prod", "dr"]) {
            const { revision } = await runs(cluster);
            await receiver.heard({ event: "deployed", application: `agent-${cluster}`, revision });
        }
    });

    it("that breaks on staging stops there; the next steps wait, and a person can still sync dr", async () => {
        const before = await Promise.all(["prod", "dr"].map(async (cluster) => (await runs(cluster)).revision));
        const broken = await timed("from push to Degraded on staging", async () => {
            const revision = await push({
                [values]: release("1.0.2"),
                "helm/values-staging.yaml": stagingTag("broken-2"),
            });
            await waitForState("staging", { revision, health: "Degraded" });
            return revision;
        });
        await waitForState("prod", { sync: "OutOfSync", health: "Healthy", revision: broken });
        await waitForState("dr", { sync: "OutOfSync", health: "Healthy", revision: broken });
        expect(await Promise.all(["prod", "dr"].map(async (cluster) => (await runs(cluster)).revision))).to.deep.equal(before);
        expect(await statusOf("agent-dr")).to.equal("Waiting");

        // What `argocd app sync agent-dr` asks of the controller.
        const operation = JSON.stringify({
            operation: { initiatedBy: { username: "a person" }, sync: { revision: broken } },
        });
        await kubectl("hub", ["patch", "application", "agent-dr", "--namespace=argocd", "--type=merge", `--patch=${operation}`]);
        await waitForState("dr", { ...healthy, revision: broken });
        expect(await imageOf("dr")).to.match(/:1\.0\.2$/);
        expect((await runs("prod")).revision).to.equal(before[0]);

        await receiver.heard({ event: "deployed", application: "agent-dr", revision: broken });
        const degraded = await receiver.heard({ event: "degraded", application: "agent-staging", revision: broken });
        expect(degraded).to.include({ environment: "staging", severity: "warning", health: "Degraded" });
        expect(degraded.url).to.match(/^https:\/\/argocd\.example\.com\/applications\/argocd\/agent-staging$/);
        expect(degraded.region).to.match(/^eu-/);
    });

    it("goes through all three in order after it is corrected", async () => {
        const fixed = await push({ [values]: release("1.0.3"), "helm/values-staging.yaml": stagingTag(undefined) });
        for (const cluster of ["staging", "prod", "dr"]) {
            await timed(`from push to Healthy on ${cluster}, after the one before`, () =>
                waitForState(cluster, { ...healthy, revision: fixed }),
            );
        }
        const [staging, prod, dr] = await Promise.all(["staging", "prod", "dr"].map(startOf));
        expect([staging, prod, dr]).to.deep.equal([staging, prod, dr].sort());
        expect(await imageOf("dr")).to.match(/:1\.0\.3$/);
        for (const cluster of ["staging", "prod", "dr"]) {
            await receiver.heard({ event: "deployed", application: `agent-${cluster}`, revision: fixed });
        }
        const once = receiver.messages.filter(({ event }) => event === "deployed").map(({ application, revision }) => {
            return `${application} ${revision}`;
        });
        expect(new Set(once)).to.have.property("size", once.length);
    });

    it("would never reach an environment that no step names, so that one is refused", async () => {
        const steps = [{ environments: ["staging"] }, { environments: ["prod"] }];
        const without = (config: Record<string, unknown>) => ({
            ...config,
            "hubspoke:rollout": { strategy: "rolling", steps },
        });
        const output = await withConfig("hub", without, () =>
            pulumiOk("hub", "preview").then(
                () => "accepted",
                (error: Error) => error.message,
            ),
        );
        expect(output).to.include("hubspoke:rollout.steps: no step names dr, but the hub has clusters there");
    });
});

/** Where Argo CD says that an Application stands in the rollout. */
async function statusOf(application: string): Promise<string | undefined> {
    const look = async (): Promise<Look<string>> => {
        const { applicationStatus = [] } = await applicationSetStatus();
        const found = applicationStatus.find((one) => one.application === application);
        return found === undefined ? { seen: JSON.stringify(applicationStatus) } : { done: found.status };
    };
    return waitFor(`the ApplicationSet to tell of ${application}`, look, { timeoutMs: 30_000 });
}

async function startOf(cluster: string): Promise<string> {
    return (await applicationOf(cluster)).status.operationState.startedAt;
}
