import { expect } from "chai";
import { kubectl } from "../../lab/kubectl";
import { run } from "../../lab/processes/run";
import { type Look, waitFor } from "../../lab/processes";
import { projectRoot } from "../../lab/paths";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { waitForApplications } from "../../lab/waiting";
import { applicationOf, applicationSetStatus, push, runs, waitForState } from "./support/delivery";
import { pulumiOk, transcript, withConfig, type Outcome } from "./support/lab";

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

/** Another tag for prod alone; without one, prod has what all have. */
function prodTag(tag: string | undefined): (text: string) => string {
    return (text) => text.replace(/\nimage: \{ tag: [^}]*\}\n/, "") + (tag === undefined ? "" : `\nimage: { tag: ${tag} }\n`);
}

async function promote(to: string): Promise<Outcome> {
    const args = ["run", "--silent", "promote", "--", "--from", "staging", "--to", to, "--timeout", "60s"];
    const outcome = await run("npm", args, { cwd: projectRoot, env: pulumiEnvironment(), timeoutMs: 180_000 });
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
        for (const to of ["prod", "dr"]) {
            const { ok, output } = await promote(to);
            expect(ok, output).to.equal(false);
            expect(output).to.match(new RegExp(`staging is not Synced and Healthy[^]*agent-staging: .*Degraded at ${broken}`));
        }
        expect(await Promise.all([runs("prod"), runs("dr")])).to.deep.equal(before);
    });

    it("that is sound goes to staging, then by promotion to prod, and to dr", async () => {
        const before = await runs("dr");
        const revision = await timed("from push to Healthy on staging", async () => {
            const pushed = await push({ [values]: release("1.0.1") });
            await waitForState("staging", { ...healthy, revision: pushed });
            return pushed;
        });
        const early = await promote("prod");
        if (early.ok) {
            throw new Error(`promoted before the soak time was over:\n${early.output}`);
        }
        expect(early.output).to.match(/Healthy at \w+ for \d+ s only, and the hub's rollout.soak is 3 s: try again in/);
        await new Promise((resolve) => setTimeout(resolve, 3_000));

        const prod = await timed("promotion to prod", () => promote("prod"));
        expect(prod.ok, prod.output).to.equal(true);
        expect(await runs("prod")).to.deep.equal({ ...healthy, revision });
        expect(await runs("dr")).to.deep.equal(before);

        const dr = await timed("promotion to dr", () => promote("dr"));
        expect(dr.ok, dr.output).to.equal(true);
        expect(await runs("dr")).to.deep.equal({ ...healthy, revision });
        expect(await imageOf("dr")).to.match(/:1\.0\.1$/);
    });
});

describe("a release, rollout rolling", () => {
    const strategy = (name: string) => (config: Record<string, unknown>) => ({
        ...config,
        "hubspoke:rollout": { strategy: name, soak: "3s" },
    });

    before(async () => {
        await withConfig("hub", strategy("rolling"), () => pulumiOk("hub", "up", "--yes", "--skip-preview"));
        await waitForApplications(everywhere);
    });

    after(async () => {
        await pulumiOk("hub", "up", "--yes", "--skip-preview");
        await waitForApplications(everywhere);
    });

    it("with a broken image stops at staging, and goes through all three in order once it is sound", async () => {
        const before = await Promise.all([runs("prod"), runs("dr")].map(async (one) => (await one).revision));
        const broken = await timed("from push to Degraded on staging", async () => {
            const revision = await push({ [values]: release("broken-2") });
            await waitForState("staging", { revision, health: "Degraded" });
            return revision;
        });
        await waitForState("prod", { sync: "OutOfSync", health: "Healthy", revision: broken });
        await waitForState("dr", { sync: "OutOfSync", health: "Healthy", revision: broken });
        const after = await Promise.all([runs("prod"), runs("dr")].map(async (one) => (await one).revision));
        expect(after).to.deep.equal(before);
        expect(await statusOf("agent-prod")).to.equal("Waiting");

        const fixed = await push({ [values]: release("1.0.2") });
        for (const cluster of ["staging", "prod", "dr"]) {
            await timed(`from then to Healthy on ${cluster}`, () =>
                waitForState(cluster, { ...healthy, revision: fixed }),
            );
        }
        const [staging, prod, dr] = await Promise.all(["staging", "prod", "dr"].map(startOf));
        expect([staging, prod, dr]).to.deep.equal([staging, prod, dr].sort());
    });

    it("is held up by a prod that is not well; a person can sync dr all the same", async () => {
        const revision = await push({
            [values]: release("1.0.3"),
            "helm/values-prod.yaml": prodTag("broken-3"),
        });
        await waitForState("prod", { revision, health: "Degraded" });
        await waitForState("staging", { ...healthy, revision });
        await waitForState("dr", { sync: "OutOfSync", health: "Healthy" });
        expect(await statusOf("agent-dr")).to.equal("Waiting");

        // What `argocd app sync agent-dr` asks of the controller.
        const operation = JSON.stringify({ operation: { initiatedBy: { username: "a person" }, sync: { revision } } });
        await kubectl("hub", ["patch", "application", "agent-dr", "--namespace=argocd", "--type=merge", `--patch=${operation}`]);
        await waitForState("dr", { ...healthy, revision });
        expect(await imageOf("dr")).to.match(/:1\.0\.3$/);

        const fixed = await push({ "helm/values-prod.yaml": prodTag(undefined) });
        for (const cluster of ["staging", "prod", "dr"]) {
            await waitForState(cluster, { ...healthy, revision: fixed });
        }
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
        expect(output).to.include("hubspoke:rollout.steps: no step names dr, which the hub has clusters of");
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
