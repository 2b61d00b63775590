import { expect } from "chai";
import { applyByHand } from "../../lab/apply";
import { startApiServer, stopApiServer } from "../../lab/clusters";
import { kubectl } from "../../lab/kubectl";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { changeInLab } from "../../lab/stacks/project";
import { waitForApplications } from "../../lab/waiting";
import {
    changedCluster, destroyProtected, getObject, namesOf, npmRun, pulumi, pulumiOk, pulumiWithConfig,
} from "./support/lab";
import { applicationOfOthers } from "./support/ofOthers";

const arn = "arn:aws:eks:eu-central-1:111122223333:cluster/dr";
const application = "agent-arn-aws-eks-eu-central-1-111122223333-cluster-dr";
const up = ["up", "--yes", "--skip-preview"] as const;

/** Names the cluster as Argo CD does. */
const byName = { name: "by-name", project: "agent", cluster: arn, namespace: "agent" };

async function command(script: string, ...args: string[]): Promise<string> {
    const { ok, output } = await npmRun(script, pulumiEnvironment(), ...args);
    expect(ok, output).to.equal(true);
    return output;
}

describe("a cluster with another name in Argo CD than in its stack file", () => {
    before(async () => {
        await destroyProtected("dr");
        changeInLab("dr", changedCluster("dr", (settings) => ({ ...settings, name: arn })));
        await pulumiOk("dr", ...up);
    });

    after(async () => {
        changeInLab("dr", changedCluster("dr", (settings) => ({ ...settings, name: undefined })));
        await pulumiOk("dr", ...up);
        await waitForApplications(["agent-staging", "agent-prod", "agent-dr"]);
    });

    it("is registered under that name, with its key beside it, and gets the agent", async () => {
        const { metadata, data } = await getObject("hub", "argocd", "secret", "cluster-dr");
        expect(metadata.labels).to.have.property("hubspoke/cluster", "dr");
        expect(Buffer.from(data?.name ?? "", "base64").toString()).to.equal(arn);
        await waitForApplications([application]);
        await pulumiOk("dr", "preview", "--expect-no-changes");
        const renamed = changedCluster("dr", (settings) => ({ ...settings, name: undefined }));
        const { ok, output } = await pulumiWithConfig(renamed, "dr", "preview");
        expect(ok, output).to.equal(false);
        expect(output).to.match(/clusters\.dr\.name: the hub has registered the cluster as "arn:aws/);
    });

    it("is rotated, promoted to, put into quarantine and taken back by the name in the stack file", async () => {
        expect(await command("rotate", "dr")).to.match(/Argo CD uses token 2 on dr/);
        expect(await command("promote", "--from", "staging", "--to", "dr")).to.match(/dr is Synced and Healthy at/);
        expect(await command("quarantine", "dr", "--cluster", "dr")).to.match(/Argo CD has compared agent-arn/);
        expect(await command("quarantine", "dr", "--cluster", "dr", "--lift")).to.match(/dr is no longer in quarantine/);
        await waitForApplications([application]);
    });

    it("keeps an Application that names it: its removal and its destroy are refused", async () => {
        await applyByHand("hub", [applicationOfOthers(byName)]);
        try {
            const { ok, output } = await pulumi("dr", "destroy", "--yes", "--skip-preview");
            expect(ok, output).to.equal(false);
            expect(output).to.match(/dr cannot be removed: Applications by-name are not from an ApplicationSet/);
        } finally {
            await kubectl("hub", ["delete", "application", "by-name", "--namespace=argocd"]);
        }
    });

    it("is forgotten when it is lost, with its Application", async () => {
        await stopApiServer("dr");
        try {
            const output = await command("forget", "dr", "--cluster", "dr", "--yes");
            expect(output).to.include(`from the hub: Secret cluster-dr, Application ${application}, `);
            expect(await namesOf("hub", "argocd", "applications")).to.have.members(["agent-prod", "agent-staging"]);
        } finally {
            await startApiServer("dr");
        }
        await kubectl("dr", ["delete", "namespace", "argocd-manager", "agent"]);
    });
});
