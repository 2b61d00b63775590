import { expect } from "chai";
import { stoppedApplications } from "../../preflight/defaultProject";
import { bringUpHub } from "./support/hub";
import { all, one } from "./support/mocks";

const patch = "kubernetes:argoproj.io/v1alpha1:AppProjectPatch";

describe("Argo CD's AppProject default", () => {
    it("is locked by a Patch, which takes over the fields that Argo CD has written", async () => {
        await bringUpHub();
        const { inputs } = one(patch, "default-project-appproject");
        expect(inputs.metadata).to.deep.equal({
            name: "default",
            namespace: "argocd",
            annotations: { "pulumi.com/patchForce": "true" },
        });
        expect(inputs.spec).to.deep.include({
            sourceRepos: [],
            destinations: [],
            clusterResourceWhitelist: [],
            namespaceResourceBlacklist: [{ group: "*", kind: "*" }],
        });
    });

    it("is left alone, if the settings say so", async () => {
        await bringUpHub({ defaultProject: "unmanaged" });
        expect(all(patch)).to.deep.equal([]);
    });

    it("is not locked while Applications are in it, which the preview lists", () => {
        const application = (name: string, project?: string) => ({
            metadata: { name },
            spec: project === undefined ? {} : { project },
        });
        expect(stoppedApplications([application("one", "shop")])).to.equal(undefined);
        expect(stoppedApplications([application("two", "default"), application("one"), application("three", "")])).to.match(
            /hubspoke:defaultProject: would be locked.*in it: one, three, two\. .*`hubspoke:defaultProject: unmanaged`/,
        );
        const many = Array.from({ length: 22 }, (_, index) => application(`a-${index + 10}`, "default"));
        expect(stoppedApplications(many)).to.match(/a-29 and 2 more\./);
    });
});
