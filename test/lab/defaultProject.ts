import { expect } from "chai";
import { applyByHand } from "../../lab/apply";
import { kubectl } from "../../lab/kubectl";
import { openDefaultProject } from "./support/asBefore";
import { pulumi, pulumiOk } from "./support/lab";
import { applicationOfOthers } from "./support/ofOthers";
import { operationsOf } from "./support/operations";

interface Project {
    readonly spec: { readonly destinations?: object[]; readonly sourceRepos?: string[] };
}

async function allowed(): Promise<Project["spec"]> {
    const json = await kubectl("hub", ["get", "appproject", "default", "--namespace=argocd", "--output=json"]);
    const { destinations = [], sourceRepos = [] } = (JSON.parse(json) as Project).spec;
    return { destinations, sourceRepos };
}

const nothing = { destinations: [], sourceRepos: [] };

describe("Argo CD's AppProject default", () => {
    it("allows nothing, also after Argo CD has started", async () => {
        expect(await allowed()).to.deep.equal(nothing);
        await pulumiOk("hub", "preview", "--expect-no-changes");
        await pulumiOk("hub", "preview", "--refresh", "--expect-no-changes");
    });

    it("is locked again where somebody opened it, as argocd-server creates it", async () => {
        await openDefaultProject();
        expect((await allowed()).sourceRepos).to.deep.equal(["*"]);
        const operations = await operationsOf("hub", "up", "--yes", "--skip-preview", "--refresh");
        expect(Object.keys(operations).filter((urn) => urn.includes("default-project"))).to.have.length(1);
        expect(Object.values(operations)).not.to.include("replace");
        expect(await allowed()).to.deep.equal(nothing);
    });

    it("is created locked where it is missing", async () => {
        await kubectl("hub", ["delete", "appproject", "default", "--namespace=argocd"]);
        await pulumiOk("hub", "up", "--yes", "--skip-preview", "--refresh");
        expect(await allowed()).to.deep.equal(nothing);
    });

    it("is not locked while Applications are in it: the preview lists them", async () => {
        const shop = { name: "shop", project: "default", cluster: "staging", namespace: "shop" };
        await applyByHand("hub", [applicationOfOthers(shop)]);
        try {
            const { ok, output } = await pulumi("hub", "preview");
            expect(ok, output).to.equal(false);
            expect(output).to.match(/hubspoke:defaultProject: would be locked, .* Applications in it: shop\./);
        } finally {
            await kubectl("hub", ["delete", "application", "shop", "--namespace=argocd"]);
        }
    });
});
