import { expect } from "chai";
import { kubectl } from "../../lab/kubectl";
import { projectRoot } from "../../lab/paths";
import { run } from "../../lab/processes/run";
import { stackNames } from "../../lab/stacks/project";
import { clusterSecret, getObject, npmRun, pulumi, pulumiOk } from "./support/lab";

describe("the stacks, once up", () => {
    for (const stack of stackNames) {
        it(`have nothing to change in a second preview of ${stack}`, async () => {
            const { ok, output } = await pulumi(stack, "preview", "--expect-no-changes");
            expect(ok, output).to.equal(true);
            expect(output).to.match(/\d+ unchanged/);
        });
    }

    it("are found up by a second `npm run lab`", async () => {
        const { ok, output } = await npmRun("lab");
        expect(ok, output).to.equal(true);
        expect(output).to.include("The lab is up already");
    });

    it("answer to plain pulumi, kubectl and argocd after the exports of `npm run lab:env`", async () => {
        const script = [
            'eval "$(npm run --silent lab:env)"',
            "pulumi -s staging stack output",
            "kubectl --context prod --namespace agent get deployment agent --output=name",
            "argocd app list --output=name",
            "argocd cluster list --output=server",
        ].join(" && ");
        const { ok, output } = await run("bash", ["-c", script], { cwd: projectRoot, timeoutMs: 120_000 });
        expect(ok, output).to.equal(true);
        expect(output).to.match(/clusters .*cluster-staging/);
        expect(output).to.include("deployment.apps/agent");
        expect(output).to.include("argocd/agent-dr");
        expect(output).to.include((await clusterSecret("prod")).server);
    });

    it("find an object that was deleted by hand, and put it back", async () => {
        await kubectl("staging", ["delete", "rolebinding", "argocd-manager", "--namespace", "agent"]);
        expect(await pulumiOk("staging", "refresh", "--yes", "--skip-preview")).to.match(/1 deleted/);
        expect(await pulumiOk("staging", "up", "--yes", "--skip-preview")).to.match(/1 created/);
        const binding = await getObject("staging", "agent", "rolebinding", "argocd-manager");
        expect(binding.metadata.name).to.equal("argocd-manager");
        const { ok, output } = await pulumi("staging", "preview", "--expect-no-changes");
        expect(ok, output).to.equal(true);
    });
});
