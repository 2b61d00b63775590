import { expect } from "chai";
import { agentRepository, readApplications } from "../../lab/argocd";
import { argoCdSession } from "../../lab/session";
import { applyByHand } from "../../lab/apply";
import { type ClusterName, startApiServer, stopApiServer } from "../../lab/clusters";
import { kubectl } from "../../lab/kubectl";
import { run, waitFor } from "../../lab/processes";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { waitForApplications } from "../../lab/waiting";
import { closedPort } from "../unit/support/failure";
import { restrictedKubeconfig } from "./support/restricted";
import { kubeconfigWith } from "./support/changedKubeconfig";
import { destroyProtected, getObject, namesOf, npmRun, pulumi, pulumiOk, pulumiWith } from "./support/lab";

async function labelsOf(secret: string): Promise<Record<string, string>> {
    return (await getObject("hub", "argocd", "secret", secret)).metadata.labels ?? {};
}

async function namespacesOf(cluster: ClusterName): Promise<string[]> {
    const names = (await kubectl(cluster, ["get", "namespaces", "--output=name"])).trim().split("\n");
    return names.map((name) => name.slice("namespace/".length));
}

const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "no-such-plugin",
    interactiveMode: "Never",
};

/** An address of this machine at which nothing listens. */
async function nowhere(): Promise<string> {
    return `https://127.0.0.1:${await closedPort()}`;
}

/**
 * Waits until the token controller watches ServiceAccounts again, which it does some time after its API server is back:
 * until then it would sign a token for the account of the same name that is gone. It knows no new account before.
 */
async function waitForTokenController(cluster: ClusterName): Promise<void> {
    const metadata = { name: "canary", namespace: "default" };
    const annotations = { "kubernetes.io/service-account.name": "canary" };
    await applyByHand(cluster, [
        { apiVersion: "v1", kind: "ServiceAccount", metadata },
        {
            apiVersion: "v1",
            kind: "Secret",
            type: "kubernetes.io/service-account-token",
            metadata: { ...metadata, annotations },
        },
    ]);
    await waitFor(
        `a token for a new account on ${cluster}`,
        async () => {
            const { data } = await getObject(cluster, "default", "secret", "canary");
            return data?.token === undefined ? { seen: "no token" } : { done: true };
        },
        { timeoutMs: 120_000, intervalMs: 500 },
    );
    await kubectl(cluster, ["delete", "--namespace=default", "serviceaccount/canary", "secret/canary", "--ignore-not-found"]);
}

describe("the end", () => {
    let ci: Awaited<ReturnType<typeof restrictedKubeconfig>>;
    before(async () => {
        ci = await restrictedKubeconfig("ci", { hub: "hub.yaml", staging: "spoke.yaml" });
    });

    it("of one environment leaves the other two serving, and none of its own objects", async () => {
        const uid = async (cluster: "prod" | "dr") => (await getObject(cluster, "agent", "deployment", "agent")).metadata.uid;
        const before = await Promise.all([uid("prod"), uid("dr")]);
        const { ok, output } = await pulumiWith({ KUBECONFIG: ci.file }, "staging", "destroy", "--yes", "--skip-preview");
        expect(ok, output).to.equal(true);
        const drained = output.indexOf("staging-drain deleted");
        expect(drained, output).to.be.greaterThan(0);
        expect(drained).to.be.lessThan(output.indexOf("staging-cluster-secret deleting"));
        await waitFor(
            "only the Applications of prod and dr",
            async () => {
                const rows = await readApplications(await argoCdSession());
                const seen = rows.map(({ name, sync, health }) => `${name} ${sync} ${health}`).join(", ");
                const expected = "agent-dr Synced Healthy, agent-prod Synced Healthy";
                return seen === expected ? { done: true } : { seen };
            },
            { timeoutMs: 60_000 },
        );
        expect(await Promise.all([uid("prod"), uid("dr")])).to.deep.equal(before);
        const namespaces = await namespacesOf("staging");
        expect(namespaces).not.to.include.members(["agent"]);
        expect(namespaces).not.to.include.members(["argocd-manager"]);
        expect(await namesOf("hub", "argocd", "secrets")).not.to.include("cluster-staging");
    });

    it("is undone by a new `up`; both with only the rights in docs/rbac", async () => {
        const { ok, output } = await pulumiWith({ KUBECONFIG: ci.file }, "staging", "up", "--yes", "--skip-preview");
        expect(ok, output).to.equal(true);
        await waitForApplications(["agent-staging"]);
        // Whoever comes next, with another kubeconfig, finds nothing to change.
        await pulumiOk("staging", "preview", "--expect-no-changes");
        await ci.remove();
    });

    it("of a protected environment is refused until its stack file allows it, and deletes nothing", async () => {
        const { ok, output } = await pulumi("prod", "destroy", "--yes", "--skip-preview");
        expect(ok, output).to.equal(false);
        expect(output).to.match(
            /prod cannot be removed: the hub protects agent-prod\. .*`hubspoke:protect: false` into Pulumi\.prod\.yaml/,
        );
        const { metadata } = await getObject("hub", "argocd", "application", "agent-prod");
        expect(metadata.annotations ?? {}).not.to.have.property("hubspoke/allow-delete");
        await pulumiOk("prod", "preview", "--refresh", "--expect-no-changes");
    });

    it("of an environment whose cluster is lost fails soon and names the remedy, which leaves nothing on the hub", async () => {
        await stopApiServer("dr");
        try {
            const { ok, output } = await pulumi("dr", "destroy", "--yes", "--skip-preview");
            expect(ok, output).to.equal(false);
            expect(output).to.match(/cluster dr cannot be emptied of agent-dr: .*`npm run forget -- dr --cluster dr`/);
            // Nothing was begun: the registration is whole, and the Application is not marked for deletion.
            expect(await labelsOf("cluster-dr")).to.have.property("deploy", "true");

            const other = await npmRun("forget", pulumiEnvironment(), "dr", "--cluster", "prod", "--yes");
            expect(other.output).to.match(/--cluster prod: dr has dr\. Write one of these/);
            const silent = await npmRun("forget", pulumiEnvironment(), "dr", "--cluster", "dr");
            expect(silent.ok, silent.output).to.equal(false);
            expect(silent.output).to.match(/dr was not typed, so nothing was changed/);
            expect(await labelsOf("cluster-dr")).to.have.property("deploy", "true");

            const forgotten = await npmRun("forget", pulumiEnvironment(), "dr", "--cluster", "dr", "--yes");
            expect(forgotten.ok, forgotten.output).to.equal(true);
            expect(forgotten.output).to.match(/Argo CD: .*connection refused/);
            expect(forgotten.output).to.match(/hub: Secret cluster-dr, Application agent-dr, configmaps probe-dr/);
            expect(await namesOf("hub", "argocd", "applications")).to.deep.equal(["agent-prod", "agent-staging"]);
            expect(await namesOf("hub", "argocd", "secrets")).not.to.include("cluster-dr");
            expect(await namesOf("hub", "argocd", "configmaps")).to.include("probe-prod").and.not.include("probe-dr");
            const state = await pulumiOk("dr", "stack", "export");
            expect((JSON.parse(state) as { deployment: object }).deployment).not.to.have.property("resources");
            const command = /Remove them there: kubectl (.*)/.exec(forgotten.output)?.[1] ?? "";
            expect(command).to.equal("--context dr delete namespace argocd-manager agent");
        } finally {
            await startApiServer("dr");
        }
        await kubectl("dr", ["delete", "namespace", "argocd-manager", "agent", "--wait=false"]);
    });

    it("of an environment whose cluster answers is refused by `npm run forget`", async () => {
        const forgetProd = (env: Record<string, string>) =>
            npmRun("forget", { ...pulumiEnvironment(), ...env }, "prod", "--cluster", "prod", "--yes");
        const answering = await forgetProd({});
        expect(answering.ok).to.equal(false);
        expect(answering.output).to.match(/prod answers, so it is kept\. .*pulumi destroy --stack prod/);

        // A login that does not work any more, and a way to the cluster that is down, are this machine's own.
        for (const [change, reason] of [
            [{ user: { token: "expired" } }, /it is unknown whether prod is lost.*refuses these credentials/],
            [{ user: { exec } }, /it is unknown whether prod is lost.*exec plugin no-such-plugin/],
            [{ server: await nowhere() }, /prod is not lost.*Argo CD has compared agent-prod with it just now/],
        ] as const) {
            const { ok, output } = await forgetProd({ KUBECONFIG: kubeconfigWith("prod", change) });
            expect(ok, output).to.equal(false);
            expect(output).to.match(reason);
        }
        expect(await labelsOf("cluster-prod")).to.have.property("deploy", "true");
    });

    it("of a lost cluster's remains is done by the printed command, after the cluster is back", async () => {
        await waitFor(
            "the namespaces of dr to go",
            async () => {
                const names = await namespacesOf("dr");
                return names.includes("agent") || names.includes("argocd-manager")
                    ? { seen: names.join(", ") }
                    : { done: true };
            },
            { timeoutMs: 180_000 },
        );
        await waitForTokenController("dr");
    });

    it("of all environments but one leaves a fleet of one, which the others join by their stacks only", async () => {
        await destroyProtected("prod");
        expect(await namesOf("hub", "argocd", "applications")).to.deep.equal(["agent-staging"]);
        await waitForApplications(["agent-staging"]);

        const held = async () => {
            const { metadata } = await getObject("hub", "argocd", "applicationset", "agent");
            const { stdout } = await run("git", ["--git-dir", agentRepository, "rev-parse", "main"]);
            return { generation: metadata.generation, commit: stdout };
        };
        const before = await held();
        await Promise.all((["prod", "dr"] as const).map((stack) => pulumiOk(stack, "up", "--yes", "--skip-preview")));
        await waitForApplications(["agent-dr", "agent-prod", "agent-staging"]);
        expect(await held()).to.deep.equal(before);
    });
});
