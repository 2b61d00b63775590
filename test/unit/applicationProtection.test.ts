import { expect } from "chai";
import { bringUpHub } from "./support/hub";
import { all, one } from "./support/mocks";

const policyType = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy";

describe("the protection of Applications", () => {
    it("denies the deletion of the agent's Applications in the named environments, in Argo CD's namespace", async () => {
        await bringUpHub({ protectedEnvironments: ["prod", "payments"] });
        const policy = one(policyType, "protection-policy");
        expect(policy.provider).to.equal("hub");
        expect(policy.inputs.spec).to.deep.include({
            failurePolicy: "Fail",
            matchConstraints: {
                resourceRules: [
                    {
                        apiGroups: ["argoproj.io"],
                        apiVersions: ["*"],
                        operations: ["DELETE"],
                        resources: ["applications"],
                    },
                ],
                objectSelector: {
                    matchExpressions: [
                        { key: "app.kubernetes.io/name", operator: "In", values: ["agent"] },
                        { key: "environment", operator: "In", values: ["prod", "payments"] },
                    ],
                },
            },
        });
        const binding = one(`${policyType}Binding`, "protection-binding");
        expect(binding.inputs.spec).to.deep.equal({
            policyName: "hubspoke-protected-applications",
            validationActions: ["Deny"],
            matchResources: { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "argocd" } } },
        });
    });

    it("keeps the annotation that allows a deletion, which the ApplicationSet does not remove", async () => {
        await bringUpHub();
        const { inputs } = one("kubernetes:argoproj.io/v1alpha1:ApplicationSet", "agent-applicationset-applicationset");
        expect(inputs.spec).to.deep.include({ preservedFields: { annotations: ["hubspoke/allow-delete"] } });
    });

    it("does not exist if no environment is protected", async () => {
        await bringUpHub({ protectedEnvironments: [] });
        expect(all(policyType)).to.be.empty;
        expect(all(`${policyType}Binding`)).to.be.empty;
    });
});
