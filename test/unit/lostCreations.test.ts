import { expect } from "chai";
import { asInterrupted } from "../../scripts/recover/lost";

describe("an object whose creation had no answer", () => {
    const secret = {
        operation: "create" as const,
        urn: "urn:pulumi:dr::hubspoke::kubernetes:core/v1:Secret::dr-cluster-secret",
        type: "kubernetes:core/v1:Secret",
        name: "dr-cluster-secret",
        provider: "urn:pulumi:dr::hubspoke::pulumi:providers:kubernetes::hub::7c1e",
        parent: "urn:pulumi:dr::hubspoke::hubspoke:index:Environment::dr",
        after: { metadata: { name: "cluster-dr" }, data: "[secret]", stringData: { config: "[secret]", name: "dr" } },
        paths: [],
    };

    it("goes into the state where the program has it", () => {
        const { urn, type, provider, parent } = secret;
        const { type: operation, resource } = asInterrupted(secret);
        expect(operation).to.equal("creating");
        expect(resource).to.include({ urn, type, provider, parent, custom: true });
    });

    it("has no text in place of a secret there, but an encrypted one, which the next `up` replaces", () => {
        const { inputs } = asInterrupted(secret).resource;
        const encrypted = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '""' };
        expect(inputs).to.deep.equal({
            metadata: { name: "cluster-dr" },
            data: encrypted,
            stringData: { config: encrypted, name: "dr" },
        });
    });
});
