import { ServiceAccount } from "@pulumi/kubernetes/core/v1";
import { expect } from "chai";
import { Tokens } from "../../components/account/tokens";
import { mockPulumi, one, settled } from "./support/mocks";

describe("the preview of an account that is not there yet", () => {
    it("does not know the account's uid, so that an `up` that is limited to its plan may set it", async () => {
        await mockPulumi({ preview: true });
        const metadata = { name: "argocd-manager", namespace: "argocd-manager" };
        const account = new ServiceAccount("account", { metadata });
        const where = { cluster: "prod", spoke: { context: "prod" }, quarantined: false };
        new Tokens("token", { account, generation: 1, retired: 0, lifetime: undefined, ...where });
        await settled();
        const secret = one("kubernetes:core/v1:Secret", "token-1").inputs as { metadata: { annotations: object } };
        expect(secret.metadata.annotations).to.deep.equal({
            "kubernetes.io/service-account.name": "argocd-manager",
            "kubernetes.io/service-account.uid": { __pulumiUnknown: true },
        });
    });
});
