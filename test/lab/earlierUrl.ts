import { expect } from "chai";
import { startArgoCd } from "../../lab/argocd";
import { stopProcess } from "../../lab/processes";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { changeInLab } from "../../lab/stacks/project";
import { type ApiGate, openApiGate } from "./support/apiGate";
import { changedCluster, getObject, npmRun, pulumi, pulumiOk } from "./support/lab";

/** Argo CD keeps a cluster's connection by its URL (argo-cd, controller/cache/cache.go, `handleModEvent`). */
describe("a cluster that comes back to a URL that it had before its token was rotated", () => {
    let gate: ApiGate;
    const set = (change: Record<string, unknown>, connectionTimeout: string | undefined) =>
        changeInLab("dr", (config) => ({
            ...changedCluster("dr", (settings) => ({ ...settings, ...change }))(config),
            "hubspoke:connectionTimeout": connectionTimeout,
        }));

    before(async () => {
        gate = await openApiGate(["dr"], {});
        const { uid } = (await getObject("dr", "", "namespace", "kube-system")).metadata;
        set({ server: gate.urlOf("dr"), uid }, "20s");
        await pulumiOk("dr", "up", "--yes", "--skip-preview");
        const { ok, output } = await npmRun("rotate", pulumiEnvironment(), "dr");
        expect(ok, output).to.equal(true);
    });
    after(async () => {
        set({ server: undefined, uid: undefined }, undefined);
        await pulumiOk("dr", "up", "--yes", "--skip-preview");
        await gate.close();
    });

    it("is refused by the credential that Argo CD had then, and the error says so", async () => {
        set({ server: undefined }, "20s");
        const { ok, output } = await pulumi("dr", "up", "--yes", "--skip-preview");
        expect(ok, output).to.equal(false);
        expect(output).to.match(/dr: Argo CD on the hub has no connection to .* If the cluster had this URL before/);
    });

    it("is connected after a restart of Argo CD's controller, as the error says", async () => {
        await stopProcess("argocd-application-controller");
        await startArgoCd(() => undefined);
        await pulumiOk("dr", "up", "--yes", "--skip-preview");
    });
});
