import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { refuseDefaultProviders } from "../../settings";
import { readSettings } from "../../settings/program";
import { mockPulumi } from "./support/mocks";

describe("the settings of the stack that runs", () => {
    const least = {
        "hubspoke:role": "hub",
        "hubspoke:cluster": JSON.stringify({ context: "hub" }),
        "hubspoke:domain": "example.com",
        "hubspoke:agent": JSON.stringify({ repository: "https://git.example.com/agent.git" }),
        "pulumi:disable-default-providers": JSON.stringify(["kubernetes"]),
    };
    beforeEach(() => mockPulumi());
    afterEach(() => pulumi.runtime.setAllConfig({}));

    it("are those of the project, and no other namespace's", async () => {
        pulumi.runtime.setAllConfig({ ...least, "kubernetes:context": "elsewhere", "hubspoke-other:role": "environment" });
        const { settings, owner } = await readSettings();
        expect(owner).to.equal(pulumi.getStack());
        expect(settings).to.include({ role: "hub", domain: "example.com" });
        expect(settings).to.have.property("cluster").that.deep.equals({ context: "hub" });
    });

    it("are refused, and not read, while a default provider could reach a cluster that nobody named", async () => {
        pulumi.runtime.setAllConfig({ ...least, "pulumi:disable-default-providers": "[]" });
        const refused = await readSettings().catch((error: Error) => error.message);
        expect(refused).to.match(/^pulumi:disable-default-providers: must list kubernetes/);
    });

    for (const given of [undefined, "", "[]", '["aws"]', '"kubernetes"', "kubernetes,", '[""]', '["kubernetes-cert-manager"]']) {
        it(`need the default providers off: ${given ?? "nothing"} does not do that`, () => {
            expect(() => refuseDefaultProviders(given)).to.throw(
                /must list kubernetes, .*Write `pulumi:disable-default-providers: \["kubernetes"\]`$/,
            );
        });
    }

    for (const given of ['["kubernetes"]', '["aws","kubernetes"]', '["*"]']) {
        it(`are read with the default providers off: ${given}`, () => refuseDefaultProviders(given));
    }
});
