import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { agentRepositoryUrl } from "../../lab/argocd";
import { applyByHand } from "../../lab/apply";
import { kubectl } from "../../lab/kubectl";
import { projectDir, pulumiEnvironment } from "../../lab/stacks/environment";
import { push, waitForState } from "./support/delivery";
import { clusterSecret, type Config, getObject, labelled, namesOf, npmRun, pulumiOk, withConfig } from "./support/lab";
import { applicationOfOthers } from "./support/ofOthers";
import { whileSyncing } from "./support/syncing";
import { askWith } from "./support/token";

/** Asks a spoke with a token alone. */
async function answers(server: string, caData: string, token: string): Promise<number> {
    return (await askWith({ server, caData, token }, "/apis/apps/v1/namespaces/agent/deployments")).status;
}

interface Outputs {
    readonly prod: { readonly credential: { current: { generation: number; created: string }; previous?: unknown } };
}

/** Others' Applications on staging: the project does not permit one's repository, and the other's path is not there. */
function broken() {
    const common = { project: "agent", cluster: "staging", namespace: "agent", path: "not-there" };
    return ["https://git.example.com/agent.git", agentRepositoryUrl()].map((repoURL, index) =>
        applicationOfOthers({ ...common, name: `broken-release-${index}`, repoURL }),
    );
}

describe("a rotation", () => {
    it("is refused with a list if the stack has other pending changes, and changes nothing", async () => {
        const before = await getObject("hub", "argocd", "secret", "cluster-prod");
        const quota = (config: Config) => ({ ...config, "hubspoke:namespace": { pods: 19 } });
        const waiting = (config: Config) => quota(labelled("prod", { tier: "gold" })(config));
        const file = path.join(projectDir, "Pulumi.prod.yaml");
        const { outcome, asked, kept } = await withConfig("prod", waiting, async () => {
            const asked = fs.readFileSync(file, "utf8");
            const outcome = await npmRun("rotate", pulumiEnvironment(), "prod");
            return { outcome, asked, kept: fs.readFileSync(file, "utf8") };
        });
        expect(outcome.ok, outcome.output).to.equal(false);
        expect(outcome.output).to.match(/update prod-cluster-secret .*: metadata\.labels\.tier$/m);
        expect(outcome.output).to.match(/update prod-agent-quota .*: spec\.hard\.pods$/m);
        expect(outcome.output).to.include("nothing was brought up");
        expect(kept).to.equal(asked);
        const { metadata } = await getObject("hub", "argocd", "secret", "cluster-prod");
        expect(metadata.resourceVersion).to.equal(before.metadata.resourceVersion);
        expect((await namesOf("prod", "argocd-manager", "secrets")).length).to.equal(1);
    });

    it("is not blocked by broken releases: the agent's chart, and other Applications", async () => {
        const template = "helm/templates/deployment.yaml";
        await applyByHand("hub", broken());
        await push({ [template]: (text) => `${text}\n{{ fail "this chart is broken" }}\n` });
        try {
            await waitForState("staging", { sync: "Unknown" });
            const { ok, output } = await npmRun("rotate", pulumiEnvironment(), "staging");
            expect(ok, output).to.equal(true);
            expect(output).to.match(/Argo CD uses token \d+ on staging\n.*staging refuses token \d+; it is retired/s);
        } finally {
            await push({ [template]: (text) => text.replace(/\n\{\{ fail .*\n/, "") });
            const names = broken().map(({ metadata }) => metadata.name);
            await kubectl("hub", ["delete", "applications", "--namespace=argocd", ...names]);
        }
        await waitForState("staging", { sync: "Synced", health: "Healthy" });
    });

    it("replaces the token while an Application is synced every second, and none of these syncs fails", async () => {
        const before = await clusterSecret("prod");
        const ca = before.config.tlsClientConfig.caData;
        const began = Date.now();
        const syncs = await whileSyncing("agent-prod", async () => {
            const { ok, output } = await npmRun("rotate", pulumiEnvironment(), "prod");
            expect(ok, output).to.equal(true);
            expect(output).to.match(/Argo CD uses token 2 on prod\n.*prod refuses token 1; it is retired/s);
        });
        const seconds = (Date.now() - began) / 1000;
        process.stdout.write(`      ${syncs.succeeded} syncs in ${seconds.toFixed(0)} s of rotation\n`);
        expect(syncs.failures).to.deep.equal([]);
        expect(syncs.succeeded).to.be.greaterThan(5);

        const after = await clusterSecret("prod");
        expect(after.config.bearerToken).not.to.equal(before.config.bearerToken);
        expect(await answers(before.server, ca, before.config.bearerToken)).to.equal(401);
        expect(await answers(after.server, ca, after.config.bearerToken)).to.equal(200);
        const { prod } = JSON.parse(await pulumiOk("prod", "stack", "output", "clusters", "--json")) as Outputs;
        expect(prod.credential.current.generation).to.equal(2);
        expect(Date.parse(prod.credential.current.created)).to.be.greaterThan(began - 2000);
        expect(prod.credential).not.to.have.property("previous");
    });
});
