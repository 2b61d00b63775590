import { expect } from "chai";
import { parseAllDocuments } from "yaml";
import { render, renderCommitted, renderedFiles } from "../../scripts/generate/render";
import { hubSettings } from "./support/hub";

interface Manifest {
    readonly kind: string;
    readonly metadata: { readonly name: string };
    readonly spec: Record<string, unknown>;
}

function manifests(text: string | undefined): Manifest[] {
    return parseAllDocuments(text ?? "").map((document) => document.toJS() as Manifest);
}

describe("the manifests in argocd/", () => {
    it("are the program's present objects: npm run render", () => {
        expect(renderedFiles()).to.deep.equal(renderCommitted());
    });

    it("are the same bytes every time", () => {
        expect(renderCommitted()).to.deep.equal(renderCommitted());
    });

    it("contain an AppProject and an ApplicationSet each, which differ only in the selected clusters", () => {
        const files = render(hubSettings());
        const [project, everywhere] = manifests(files["agent-multi-cluster-appset.yaml"]);
        const [sameProject, staging] = manifests(files["agent-staging-only-appset.yaml"]);
        expect([project?.kind, everywhere?.kind]).to.deep.equal(["AppProject", "ApplicationSet"]);
        expect(sameProject).to.deep.equal(project);
        const { generators, ...template } = everywhere!.spec;
        const { generators: stagingGenerators, ...stagingTemplate } = staging!.spec;
        expect(stagingTemplate).to.deep.equal(template);
        expect(staging?.metadata).to.deep.equal(everywhere?.metadata);
        const matchExpressions = [
            ...["environment", "region"].map((key) => ({ key, operator: "Exists" })),
            { key: "applications.hubspoke/agent", operator: "NotIn", values: ["false"] },
        ];
        const selecting = (matchLabels: object) => [{ clusters: { selector: { matchLabels, matchExpressions } } }];
        expect(generators).to.deep.equal(selecting({ deploy: "true" }));
        expect(stagingGenerators).to.deep.equal(selecting({ deploy: "true", environment: "staging" }));
    });

    it("follow the settings", () => {
        const text = render(hubSettings({ rollout: { strategy: "rolling" } }))["agent-multi-cluster-appset.yaml"];
        expect(manifests(text)[1]?.spec).to.have.nested.property("strategy.type", "RollingSync");
    });
});
