import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { kubectl } from "../../lab/kubectl";
import { labDir, projectRoot } from "../../lab/paths";
import { type Look, waitFor } from "../../lab/processes";
import { run } from "../../lab/processes/run";
import { projectDir, pulumiEnvironment } from "../../lab/stacks/environment";
import { type StackName, stackNames } from "../../lab/stacks/project";
import { waitForApplications } from "../../lab/waiting";
import { applicationOf, applicationSetStatus, push } from "./support/delivery";
import { getObject, labelled, namesOf, npmRun, pulumiOk, pulumiWith, transcript, withConfig } from "./support/lab";
import {
    applicationsIn,
    type Counts,
    countsIn,
    countsOf,
    openPullRequest,
    type PullRequest,
} from "./support/pullRequest";
import { type RestrictedKubeconfig, restrictedKubeconfig } from "./support/restricted";
import { leaksOf, secretValues } from "./support/secrets";

const up = ["up", "--yes", "--skip-preview"];

/** A change of one environment's values, and one of the chart's version. */
const agentChanges: Record<string, (text: string) => string> = {
    "helm/values-staging.yaml": (text) => text.replace(/^( {2}LOG_LEVEL:) \w+$/m, "$1 error"),
    "helm/Chart.yaml": (text) => text.replace(/^version: .*$/m, "version: 0.1.1-preview"),
};

/** The chart that made the agent on a cluster, and what the agent is told. */
async function deliveredTo(cluster: "staging" | "prod" | "dr") {
    const { metadata, data } = await getObject(cluster, "agent", "configmap", "agent");
    return { chart: metadata.labels?.["helm.sh/chart"], region: data?.CLUSTER_REGION, logLevel: data?.LOG_LEVEL };
}

/** Brings stacks up, and says what each did. */
async function bringUp(...stacks: StackName[]): Promise<Counts> {
    const done = stacks.map(async (stack) => [stack, countsOf(await pulumiOk(stack, ...up))] as const);
    return Object.fromEntries(await Promise.all(done));
}

/** Deploys a stack as the workflow does, constrained to a plan, and says what that did. */
async function deploy(stack: StackName) {
    const { ok, output } = await run("bash", [".ci/deploy", stack], { cwd: projectRoot, env: pulumiEnvironment() });
    transcript.push(output);
    expect(ok, output).to.equal(true);
    return countsOf(output);
}

/** Waits until the hub has these Applications and no others. */
async function waitForNames(...wanted: string[]): Promise<void> {
    await waitFor(
        `the Applications ${wanted.join(", ")}`,
        async (): Promise<Look<true>> => {
            const names = (await namesOf("hub", "argocd", "applications")).sort();
            return names.join() === wanted.sort().join() ? { done: true } : { seen: names.join(", ") };
        },
        { timeoutMs: 120_000, intervalMs: 500 },
    );
}

describe("a pull request, previewed with the workflow's commands by a read-only identity", () => {
    const staging = path.join(projectDir, "Pulumi.staging.yaml");
    const region = labelled("dr", { region: "eu-north-1" });
    let stagingBefore: string;
    let reader: RestrictedKubeconfig;
    let request: PullRequest;

    /** What the workflow would write, of which no secret of the lab is a part. */
    async function preview() {
        const found = await request.preview({ KUBECONFIG: reader.file });
        const texts = new Map(Object.entries({ ...found, code: "" }));
        expect(leaksOf(await secretValues(), texts)).to.deep.equal([]);
        return found;
    }

    before("open it", async () => {
        stagingBefore = fs.readFileSync(staging, "utf8");
        const spoke = "preview-spoke.yaml";
        reader = await restrictedKubeconfig("reader", { hub: "preview-hub.yaml", staging: spoke, prod: spoke, dr: spoke });
        request = await openPullRequest();
    });

    after("take everything back", async () => {
        request.close();
        fs.writeFileSync(staging, stagingBefore);
        await reader.remove();
        await bringUp("hub");
        await bringUp("staging", "dr");
        await waitForApplications(["agent-staging", "agent-prod", "agent-dr"]);
    });

    describe("before its changes", () => {
        it("finds no drift, like the nightly workflow", async () => {
            const folder = path.join(labDir, "drift");
            const env = { ...pulumiEnvironment(), KUBECONFIG: reader.file };
            const looks = stackNames.map((stack) => run("bash", [".ci/drift", stack, folder], { cwd: projectRoot, env }));
            for (const { ok, output } of await Promise.all(looks)) {
                expect(ok, output).to.equal(true);
            }
            expect(fs.readdirSync(folder)).to.deep.equal([]);
            fs.rmdirSync(folder);
        });

        it("cannot bring anything up", async () => {
            const asReader = () => pulumiWith({ KUBECONFIG: reader.file }, "dr", ...up);
            const { ok, output } = await withConfig("dr", labelled("dr", { tier: "gold" }), asReader);
            expect(ok, output).to.equal(false);
            expect(output).to.match(/secrets "cluster-dr" is forbidden/);
            expect((await getObject("hub", "argocd", "secret", "cluster-dr")).metadata.labels).not.to.have.property("tier");
        });
    });

    describe("with a values file, the chart's version, a label and a new cluster", () => {
        it("reports what then happens: on each stack, to each Application, and in its manifests", async () => {
            const charts = await Promise.all([deliveredTo("staging"), deliveredTo("prod")]);
            for (const [file, edit] of Object.entries(agentChanges)) {
                request.changeAgent(file, edit);
            }
            const options = ["--environment", "staging", "--name", "staging-eu", "--context", "hub", "--label", "region=eu"];
            const added = await npmRun("cluster:add", pulumiEnvironment(), ...options);
            expect(added.ok, added.output).to.equal(true);

            await withConfig("dr", region, async () => {
                const { code, comment, full } = await preview();
                expect(code, comment).to.equal(0);
                expect(comment).to.include("✅ nothing dangerous");
                const applications = applicationsIn(comment);
                expect(applications).to.have.keys("agent-staging", "agent-staging-eu", "agent-prod", "agent-dr");
                expect(applications["agent-staging"]?.how).to.match(/^\d+ lines of its manifests$/);
                expect(applications["agent-staging-eu"]?.what).to.equal("appears");
                expect(applications["agent-prod"]?.how).to.match(/^\d+ lines of its manifests, with its next promotion$/);
                expect(applications["agent-dr"]?.how).to.match(/region: eu-central-1 → eu-north-1`.*lines of its manifests, with/);
                expect(full).to.match(/^\+ {2}LOG_LEVEL: error$/m);
                expect(full).to.match(/^\+ {4}helm.sh\/chart: agent-0.1.1-preview$/m);

                await push(agentChanges);
                const [inStaging, inDr] = await Promise.all([deploy("staging"), deploy("dr")]);
                expect({ staging: inStaging, dr: inDr }).to.deep.equal(countsIn(comment));
                // The controller may look before its own list of clusters has the new one; it then waits three minutes.
                const again = "argocd.argoproj.io/application-set-refresh=true";
                await kubectl("hub", ["annotate", "applicationset", "agent", "--namespace=argocd", "--overwrite", again]);
                await waitForNames("agent-dr", "agent-prod", "agent-staging", "agent-staging-eu");
                await waitFor("the change on staging and dr", async (): Promise<Look<true>> => {
                    const seen = [await deliveredTo("staging"), await deliveredTo("dr")];
                    const there = seen[0]?.logLevel === "error" && seen[1]?.region === "eu-north-1";
                    return there ? { done: true } : { seen: JSON.stringify(seen) };
                }, { timeoutMs: 120_000, intervalMs: 500 });
                const changed = { ...charts[0], chart: "agent-0.1.1-preview", logLevel: "error" };
                expect(await deliveredTo("staging")).to.deep.equal(changed);
                expect(await deliveredTo("prod")).to.deep.equal(charts[1]);
            });
        });
    });

    describe("with another selector, and a removed cluster", () => {
        it("fails, and reports what then happens; the hub keeps what it protects", async () => {
            fs.writeFileSync(staging, stagingBefore);
            request.change("components/applications/clusterFacts.ts", (text) =>
                text.replace(
                    '...neededLabels.map((key) => ({ key, operator: "Exists" as const })),',
                    '{ key: "environment", operator: "NotIn" as const, values: ["dr"] },',
                ),
            );
            await withConfig("dr", region, async () => {
                const { code, comment } = await preview();
                expect(code, comment).to.equal(3);
                expect(comment).to.include("❌ it deletes something in production; the label `accept-deletions` accepts that");
                expect(comment).to.include("🔴 Application `agent-dr` **vanishes** from dr; the hub keeps it until");
                expect(comment).to.include("🟠 Application `agent-staging-eu` **vanishes** from staging-eu");
                const { "agent-staging-eu": gone, "agent-dr": kept, ...others } = applicationsIn(comment);
                expect(gone?.what).to.equal("vanishes");
                expect(kept?.what).to.equal("vanishes from the ApplicationSet; kept by the hub");
                expect(others).to.deep.equal({});

                const uid = (await applicationOf("dr")).metadata.uid;
                expect({ ...(await bringUp("hub")), ...(await bringUp("staging")) }).to.deep.equal(countsIn(comment));
                await waitForNames("agent-dr", "agent-prod", "agent-staging");
                expect((await applicationOf("dr")).metadata.uid).to.equal(uid);
                await waitFor("the ApplicationSet to report that dr is protected", async (): Promise<Look<true>> => {
                    const report = (await applicationSetStatus()).conditions.find(({ type }) => type === "ErrorOccurred");
                    return /agent-dr belongs to the protected environment/.test(report?.message ?? "")
                        ? { done: true }
                        : { seen: `${report?.message}` };
                }, { timeoutMs: 60_000, intervalMs: 500 });
            });
        });
    });
});
