import { expect } from "chai";
import * as path from "node:path";
import { projectRoot } from "../../lab/paths";
import { inside } from "../../policy/rendered";
import { argoCd, hubValues, judge } from "./support/policy";

const release = "kubernetes:helm.sh/v3:Release";
const secret = "kubernetes:core/v1:Secret";

describe("policy inside a Helm release", () => {
    const argoCdRelease = { type: release, name: "argocd-release", props: argoCd(hubValues({})) };

    it("sees the objects that its chart renders with its values, like resources", async () => {
        const asked: object[] = [];
        const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "all" } };
        const subjects = await inside(argoCdRelease, (rendering) => {
            asked.push(rendering);
            return Promise.resolve([{ ...role, rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] }]);
        });
        expect(asked).to.have.length(1);
        expect(asked[0]).to.deep.include({
            ...{ chart: "argo-cd", repository: "https://h.example", version: "10.1.1", release: "argocd" },
            values: hubValues({}),
        });
        expect(judge(subjects).map(({ rule, resource }) => [rule, resource])).to.deep.equal([
            ["not-cluster-admin", "argocd-release: ClusterRole all"],
        ]);
    });

    it("finds a chart at a path, and renders once for all rules", async () => {
        const asked: string[] = [];
        const local = { ...argoCdRelease, props: { chart: "./charts/x", name: "x" } };
        const render = ({ chart }: { chart: string }) => {
            asked.push(chart);
            return Promise.resolve([]);
        };
        expect(await inside(local, render)).to.deep.equal([]);
        expect(await inside(local, render)).to.deep.equal([]);
        expect(asked).to.deep.equal([path.join(projectRoot, "charts/x")]);
    });

    it("says why it cannot look inside, and does not look into other resources", async () => {
        const broken = { ...argoCdRelease, props: { chart: "./charts/broken" } };
        const subjects = await inside(broken, () => Promise.reject(new Error("helm is not on PATH")));
        expect(judge(subjects).map(({ rule, level }) => [rule, level])).to.deep.equal([["releases-seen", "advisory"]]);
        expect(await inside({ ...argoCdRelease, type: secret }, () => Promise.reject(new Error("no")))).to.deep.equal([]);
    });
});
