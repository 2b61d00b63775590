import { expect } from "chai";
import { agentRepositoryUrl, announcePush, changeAgentFile, readApplications } from "../../lab/argocd";
import { argoCdSession } from "../../lab/session";
import { waitFor } from "../../lab/processes";
import { waitForApplications } from "../../lab/waiting";
import { getObject, labelled, namesOf, pulumiOk, withConfig } from "./support/lab";

const applications = ["agent-dr", "agent-prod", "agent-staging"];

async function applicationNames(): Promise<string[]> {
    return (await readApplications(await argoCdSession())).map(({ name }) => name);
}

describe("delivery of the agent", () => {
    it("is Synced and Healthy on every spoke, with the replicas of that environment's values file", async () => {
        const rows = await readApplications(await argoCdSession());
        const facts = rows.map(({ name, cluster, sync, health, replicas }) => [name, cluster, sync, health, replicas]);
        expect(facts).to.deep.equal([
            ["agent-dr", "dr", "Synced", "Healthy", { ready: 3, wanted: 3 }],
            ["agent-prod", "prod", "Synced", "Healthy", { ready: 3, wanted: 3 }],
            ["agent-staging", "staging", "Synced", "Healthy", { ready: 1, wanted: 1 }],
        ]);
        expect(await namesOf("hub", "argocd", "applications")).to.have.members(applications);
    });

    it("brings a changed value in Git to its cluster, and to no other", async () => {
        const before = await Promise.all([agentObjects("prod"), agentObjects("dr")]);
        const revision = await changeAgentFile("helm/values-staging.yaml", (text) =>
            text.replace(/^replicas: 1$/m, "replicas: 2"),
        );
        expect(revision.changed).to.deep.equal(["helm/values-staging.yaml"]);
        await announcePush(agentRepositoryUrl(), revision);
        await waitFor(
            "two replicas on staging",
            async () => {
                const { status } = await getObject("staging", "agent", "deployment", "agent");
                return status?.readyReplicas === 2 ? { done: true } : { seen: `${status?.readyReplicas} replicas` };
            },
            { timeoutMs: 120_000 },
        );
        await waitForApplications(applications);
        expect(await Promise.all([agentObjects("prod"), agentObjects("dr")])).to.deep.equal(before);
    });

    it("ends on a cluster with the label deploy=false, and on no other; and begins again", async () => {
        await withConfig("staging", labelled("staging", { deploy: "false" }), async () => {
            await pulumiOk("staging", "up", "--yes", "--skip-preview");
            await waitFor(
                "agent-staging to be gone",
                async () => {
                    const names = await applicationNames();
                    return names.includes("agent-staging") ? { seen: names.join(", ") } : { done: true };
                },
                { timeoutMs: 120_000 },
            );
            expect(await applicationNames()).to.deep.equal(["agent-dr", "agent-prod"]);
            expect(await namesOf("staging", "agent", "deployments")).to.deep.equal([]);
            expect(await namesOf("dr", "agent", "deployments")).to.deep.equal(["agent"]);
        });
        await pulumiOk("staging", "up", "--yes", "--skip-preview");
        await waitForApplications(applications);
    });
});

/** What would change if anything of the agent did. */
async function agentObjects(cluster: "prod" | "dr") {
    const [deployment, configuration] = await Promise.all([
        getObject(cluster, "agent", "deployment", "agent"),
        getObject(cluster, "agent", "configmap", "agent"),
    ]);
    const { uid } = deployment.metadata;
    return { uid, spec: deployment.spec, data: configuration.data };
}
