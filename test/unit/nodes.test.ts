import { expect } from "chai";
import { autoscalerServing, judgeNodes, type NodeFacts } from "../../preflight/nodes";

const first = { installed: false, autoscaler: undefined };

describe("the nodes of a hub with availability: ha", () => {
    const cases: { name: string; facts: NodeFacts; warns?: RegExp; refuses?: RegExp }[] = [
        { name: "three at a first installation", facts: { ...first, schedulable: 3 } },
        { name: "three of a hub that stands", facts: { ...first, schedulable: 3, installed: true } },
        {
            name: "two at a first installation",
            facts: { ...first, schedulable: 2 },
            refuses: /^hubspoke:availability: "ha" needs 3 .*the hub has 2 and no autoscaler.*Add nodes/,
        },
        { name: "none at a first installation", facts: { ...first, schedulable: 0 }, refuses: /the hub has 0/ },
        {
            name: "none yet where Karpenter adds them",
            facts: { ...first, schedulable: 0, autoscaler: "Karpenter" },
            warns: /the hub has 0: the installation waits until Karpenter has added the missing nodes/,
        },
        {
            name: "two of a hub that stands, whose pool is in an upgrade",
            facts: { ...first, schedulable: 2, installed: true },
            warns: /the hub has 2: some pods of Argo CD cannot be scheduled\. Add nodes/,
        },
    ];
    for (const { name, facts, warns, refuses } of cases) {
        it(`${name}: ${refuses ? "refused" : warns ? "a warning" : "enough"}`, () => {
            if (refuses !== undefined) {
                expect(() => judgeNodes(facts)).to.throw(refuses);
                return;
            }
            const warning = judgeNodes(facts);
            if (warns === undefined) {
                expect(warning).to.equal(undefined);
            } else {
                expect(warning).to.match(warns);
            }
        });
    }

    it("are added by Karpenter, EKS Auto Mode, AKS node auto-provisioning and GKE Autopilot, found by their API groups", () => {
        expect(autoscalerServing(["apps", "karpenter.sh", "karpenter.k8s.aws"])).to.equal("Karpenter");
        expect(autoscalerServing(["karpenter.sh", "eks.amazonaws.com"])).to.equal("Karpenter");
        expect(autoscalerServing(["auto.gke.io"])).to.equal("GKE Autopilot");
        expect(autoscalerServing(["apps", "autoscaling"])).to.equal(undefined);
    });
});
