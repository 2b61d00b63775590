import { expect } from "chai";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { fromStruct, toStruct } from "../providers/plugin/marshal";
import { nameOf, typeOf } from "../providers/plugin/provider";
import {
    containsSecrets,
    containsUnknowns,
    reveal,
    Secret,
    secret,
    unknown,
    withoutSecrets,
} from "../providers/plugin/values";

const signatureKey = "4dabf18193072939515e22adb298388d";

describe("lab provider: property values", () => {
    it("are the same after a Struct as before", () => {
        const value = {
            text: "t",
            number: 1.5,
            no: false,
            nothing: null,
            list: [1, { a: "b" }],
            unknown,
            hidden: secret([1]),
        };
        expect(fromStruct(toStruct(value))).to.deep.equal(value);
    });

    it("omit undefined values", () => {
        const value = { kept: 1, dropped: undefined } as unknown as Parameters<typeof toStruct>[0];
        expect(fromStruct(toStruct(value))).to.deep.equal({ kept: 1 });
    });

    it("read the engine's secrets, outputs, unknowns and references", () => {
        const sent = Struct.fromJavaScript({
            secret: { [signatureKey]: "1b47061264138c4ac30d75fd1eb44270", value: { a: 1 } },
            output: { [signatureKey]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", value: "v", secret: true },
            unknownOutput: { [signatureKey]: "d0e6a833031e9bbcd3f4e8bde6ca49a4" },
            unknown: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
            reference: { [signatureKey]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn:x", id: "i" },
        });
        expect(fromStruct(sent)).to.deep.equal({
            secret: new Secret({ a: 1 }),
            output: new Secret("v"),
            unknownOutput: unknown,
            unknown,
            reference: "i",
        });
    });

    it("find secrets and unknowns at any depth", () => {
        expect(containsSecrets({ a: [{ b: secret(1) }] })).to.equal(true);
        expect(containsUnknowns({ a: secret([{ b: unknown }]) })).to.equal(true);
        expect(containsSecrets({ a: [1] })).to.equal(false);
        expect(containsUnknowns({ a: secret(1) })).to.equal(false);
    });

    it("are unwrapped only on request", () => {
        expect(withoutSecrets({ a: secret({ b: secret(1) }), c: unknown })).to.deep.equal({
            a: { b: 1 },
            c: unknown,
        });
        expect(reveal(secret(secret("x")))).to.equal("x");
    });
});

describe("lab provider: URNs", () => {
    const urn = "urn:pulumi:hub::proj::hubspoke:index:Hub$kubernetes:apps/v1:Deployment::a::b";

    it("contain the type without its parents", () =>
        expect(typeOf(urn)).to.equal("kubernetes:apps/v1:Deployment"));

    it("contain the name, which may contain ::", () => expect(nameOf(urn)).to.equal("a::b"));
});
