import { expect } from "chai";
import { kubectl } from "../../lab/kubectl";
import { stackNames } from "../../lab/stacks/project";
import { getObject, npmRun, pulumi, pulumiOk } from "./support/lab";

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
