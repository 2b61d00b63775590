import { ServiceAccount } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { Tokens } from "../../components/account/tokens";
import { settled } from "./support/mocks";

describe("the preview of an account that is not there yet", () => {
    it("does not know the account's uid, so that an `up` that is limited to its plan may set it", async () => {
        const secrets: { readonly metadata: { readonly annotations: object } }[] = [];
        await pulumi.runtime.setMocks(
            {
                newResource: ({ type, inputs }) => {
                    if (type === "kubernetes:core/v1:Secret") {
                        secrets.push(inputs as (typeof secrets)[number]);
                    }
                    return { id: "", state: inputs as object };
                },
                call: () => ({}),
            },
            "hubspoke",
            "test",
            true,
        );
        const metadata = { name: "argocd-manager", namespace: "argocd-manager" };
        const account = new ServiceAccount("account", { metadata });
        const where = { cluster: "prod", spoke: { context: "prod" }, quarantined: false };
        new Tokens("token", { account, generation: 1, retired: 0, lifetime: undefined, ...where });
        await settled();
        expect(secrets[0]?.metadata.annotations).to.deep.equal({
            "kubernetes.io/service-account.name": "argocd-manager",
            "kubernetes.io/service-account.uid": { __pulumiUnknown: true },
        });
    });
});
