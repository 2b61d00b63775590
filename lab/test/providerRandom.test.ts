import { expect } from "chai";
import { Secret, unknown, type PropertyMap } from "../providers/plugin/values";
import { randomCharacters } from "../providers/random/characters";
import { RandomProvider } from "../providers/random/provider";

const provider = new RandomProvider();
const urn = (kind: string) =>
    `urn:pulumi:s::p::random:index/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}::r`;
const rules = {
    length: 12,
    lower: true,
    upper: true,
    numeric: true,
    special: true,
    minLower: 0,
    minUpper: 0,
    minNumeric: 0,
    minSpecial: 0,
    overrideSpecial: "",
};

async function create(kind: string, inputs: PropertyMap, preview = false) {
    return await provider.create({ urn: urn(kind), inputs, timeout: 0, preview });
}

async function changed(kind: string, olds: PropertyMap, news: PropertyMap): Promise<string[]> {
    const { changes } = await provider.diff({ urn: urn(kind), id: "", olds, news, ignoreChanges: [] });
    return [...changes].map(([key, { replace }]) => `${key}${replace ? "!" : ""}`);
}

describe("lab provider: random characters", () => {
    it("have the length, the classes and the minimums that were asked for", () => {
        expect(randomCharacters(rules)).to.have.lengthOf(12);
        expect(randomCharacters({ ...rules, special: false, upper: false })).to.match(/^[a-z0-9]{12}$/);
        expect(randomCharacters({ ...rules, overrideSpecial: "_", minSpecial: 12 })).to.equal("____________");
    });

    it("cannot be made from contradictions", () => {
        expect(() => randomCharacters({ ...rules, length: 3, minLower: 4 })).to.throw(
            "the minimums of the classes add up to 4",
        );
        const none = { lower: false, upper: false, numeric: false, special: false };
        expect(() => randomCharacters({ ...rules, ...none })).to.throw("no character class is allowed");
    });
});

describe("lab provider: random resources", () => {
    it("keep a password secret, and hash it", async () => {
        const { id, properties } = await create("RandomPassword", { length: 10, special: false });
        expect(id).to.equal("none");
        expect(properties.result).to.be.instanceOf(Secret);
        expect(properties.bcryptHash).to.be.instanceOf(Secret);
        expect(properties).to.include({ length: 10, lower: true, special: false, minUpper: 0 });
    });

    it("show a string, which is its id", async () => {
        const { id, properties } = await create("RandomString", { length: 6 });
        expect(properties.result).to.equal(id).and.to.have.lengthOf(6);
    });

    it("write an id in every notation, with its prefix", async () => {
        const { id, properties } = await create("RandomId", { byteLength: 4, prefix: "p-" });
        const hex = Buffer.from(id, "base64url").toString("hex");
        expect(properties).to.include({
            hex: `p-${hex}`,
            dec: `p-${Number.parseInt(hex, 16)}`,
            b64Url: `p-${id}`,
        });
    });

    it("are unknown in a preview", async () => {
        expect((await create("RandomBytes", { length: 4 }, true)).properties).to.deep.equal({
            length: 4,
            base64: unknown,
            hex: unknown,
        });
    });

    it("are made anew for any other input, and for none else", async () => {
        const inputs = { length: 10, keepers: { a: "1", b: "2" } };
        const { properties } = await create("RandomPassword", inputs);
        expect(await changed("RandomPassword", properties, inputs)).to.deep.equal([]);
        expect(
            await changed("RandomPassword", properties, { ...inputs, keepers: { b: "2", a: "1" } }),
        ).to.deep.equal([]);
        expect(await changed("RandomPassword", properties, { ...inputs, keepers: { a: "2" } })).to.deep.equal(
            ["keepers!"],
        );
        expect(await changed("RandomPassword", properties, { ...inputs, length: 11 })).to.deep.equal([
            "length!",
        ]);
        expect(await changed("RandomPassword", properties, { length: 10 })).to.deep.equal(["keepers!"]);
    });

    it("refuse inputs and kinds that make no sense", async () => {
        const news = { length: 0 };
        const { failures } = await provider.check({
            urn: urn("RandomString"),
            olds: {},
            news,
            randomSeed: new Uint8Array(),
        });
        expect(failures).to.deep.equal([
            { property: "length", reason: '"length" must be a number of at least 1' },
        ]);
        expect(() =>
            provider.read({ urn: urn("RandomString"), id: "x", properties: {}, inputs: {} }),
        ).to.throw("cannot import");
        const pet = { urn: urn("RandomPet"), olds: {}, news: {}, randomSeed: new Uint8Array() };
        expect(() => provider.check(pet)).to.throw("random:index/randomPet:RandomPet is not part");
    });
});
