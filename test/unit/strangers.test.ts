import { expect } from "chai";
import { clusterGenerator, missingLabels, ownClusters } from "../../components/applications/clusterFacts";
import { isDelivered, strangers } from "../../preflight/strangers";
import { selects } from "../../settings/applications";
import { registration } from "./support/registration";

const own = { deploy: "true", environment: "prod", region: "eu-west-1", "app.kubernetes.io/managed-by": "pulumi" };

function without(key: keyof typeof own): Record<string, string> {
    return Object.fromEntries(Object.entries(own).filter(([other]) => other !== key));
}

describe("a cluster Secret with deploy=true", () => {
    it("from a stack gets the agent, and no warning", () => {
        expect(isDelivered({ labels: own })).to.equal(true);
        expect(strangers([registration({ labels: own, annotations: { domain: "prod.example.com" } })])).to.deep.equal([]);
    });

    for (const [key, missing] of [
        ["environment", "environment"],
        ["region", "region"],
        ["app.kubernetes.io/managed-by", "app.kubernetes.io/managed-by=pulumi"],
    ] as const) {
        it(`and without ${key} gets none, in the ApplicationSet and in the checks, and is named`, () => {
            const labels = without(key);
            expect(selects(clusterGenerator("agent", ownClusters).clusters.selector, labels)).to.equal(false);
            expect(missingLabels(labels)).to.deep.equal([missing]);
            expect(strangers([registration({ secret: "stray", cluster: "stray", labels })])).to.deep.equal([
                `cluster Secret stray ("stray") has the label deploy=true and lacks ${missing}: the agent is not delivered ` +
                    "to it. Adopt the cluster into its environment's stack (npm run adopt), or remove that label",
            ]);
        });
    }

    it("and without a domain is named, with the stack that restores it", () => {
        const [warning] = strangers([registration({ labels: own, annotations: {}, stack: "organization/hubspoke/prod" })]);
        expect(warning).to.match(/lacks the annotation domain: .*pulumi up --refresh --stack prod$/);
    });

    it("is what the ApplicationSet selects", () => {
        expect(selects(clusterGenerator("agent", ownClusters).clusters.selector, own)).to.equal(true);
    });
});

describe("a cluster Secret without deploy=true", () => {
    it("is ignored, with any other labels", () => {
        expect(strangers([registration({ labels: {} }), registration({ labels: { ...own, deploy: "false" } })])).to.deep.equal(
            [],
        );
    });
});
