import { expect } from "chai";
import { agentRepository, readApplications } from "../../lab/argocd";
import { argoCdSession } from "../../lab/session";
import { type ClusterName, startApiServer, stopApiServer } from "../../lab/clusters";
import { kubectl } from "../../lab/kubectl";
import { run, waitFor } from "../../lab/processes";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { waitForApplications } from "../../lab/waiting";
import { restrictedKubeconfig } from "./support/restricted";
import { getObject, namesOf, npmRun, pulumi, pulumiOk, pulumiWith } from "./support/lab";

async function labelsOf(secret: string): Promise<Record<string, string>> {
    return (await getObject("hub", "argocd", "secret", secret)).metadata.labels ?? {};
}

async function namespacesOf(cluster: ClusterName): Promise<string[]> {
    const names = (await kubectl(cluster, ["get", "namespaces", "--output=name"])).trim().split("\n");
    return names.map((name) => name.slice("namespace/".length));
}

describe("the end", () => {
    let ci: Awaited<ReturnType<typeof restrictedKubeconfig>>;
    before(async () => {
        ci = await restrictedKubeconfig("ci", { hub: "hub.yaml", staging: "spoke.yaml" });
    });

    it("of one environment leaves the other two serving, and nothing of its own", async () => {
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

    it("is undone by a new beginning; both with the rights in docs/rbac and no more", async () => {
        const { ok, output } = await pulumiWith({ KUBECONFIG: ci.file }, "staging", "up", "--yes", "--skip-preview");
        expect(ok, output).to.equal(true);
        await waitForApplications(["agent-staging"]);
        // Whoever comes next, with another kubeconfig, finds nothing to change.
        await pulumiOk("staging", "preview", "--expect-no-changes");
        await ci.remove();
    });

    it("of an environment whose cluster is lost ends soon, names what to do, and that leaves nothing on the hub", async () => {
        await stopApiServer("dr");
        try {
            const { ok, output } = await pulumi("dr", "destroy", "--yes", "--skip-preview");
            expect(ok, output).to.equal(false);
            expect(output).to.match(/cluster dr cannot be emptied of agent-dr: .*`npm run forget -- dr`/);
            // Nothing was begun: the registration is whole, and the Application is not marked for deletion.
            expect(await labelsOf("cluster-dr")).to.have.property("deploy", "true");

            const forgotten = await npmRun("forget", pulumiEnvironment(), "dr");
            expect(forgotten.ok, forgotten.output).to.equal(true);
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

    it("of an environment whose cluster answers is not for `npm run forget`", async () => {
        const { ok, output } = await npmRun("forget", pulumiEnvironment(), "prod");
        expect(ok).to.equal(false);
        expect(output).to.match(/prod answers, and is kept\n.*pulumi destroy --stack prod/);
        expect(await namesOf("hub", "argocd", "secrets")).to.include("cluster-prod");
    });

    it("of a lost cluster's remains comes by the command that was printed, once the cluster is back", async () => {
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
    });

    it("of all environments but one leaves a fleet of one, which the others join by their stacks alone", async () => {
        await pulumiOk("prod", "destroy", "--yes", "--skip-preview");
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
