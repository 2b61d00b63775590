import { expect } from "chai";
import { Secret, secret, unknown, type PropertyMap } from "../providers/plugin/values";
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
    it("have the requested length, classes and minimums", () => {
        expect(randomCharacters(rules)).to.have.lengthOf(12);
        expect(randomCharacters({ ...rules, special: false, upper: false })).to.match(/^[a-z0-9]{12}$/);
        expect(randomCharacters({ ...rules, overrideSpecial: "_", minSpecial: 12 })).to.equal("____________");
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

    it("are replaced for any changed input, and otherwise never", async () => {
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

    it("refuse inputs that contradict each other before anything is created", async () => {
        const none = { lower: false, upper: false, special: false };
        const examine = (property: string) => `. Examine values at 'r.${property}'.`;
        const cases: [news: PropertyMap, reasons: string[]][] = [
            [{ length: 3, minLower: 1, minUpper: 2 }, []],
            [{ length: 3, minLower: unknown, minUpper: 4 }, []],
            [{ length: 3, ...none }, []],
            [{}, ["Missing required property 'length'" + examine("length")]],
            [
                { length: 0 },
                ["Invalid Attribute Value. Attribute length value must be at least 1, got: 0" + examine("length")],
            ],
            [
                { length: 3, minLower: 2, minUpper: 2 },
                [
                    "Invalid Attribute Value. Attribute length value must be at least sum of " +
                        `min_upper + min_lower + min_numeric + min_special, got: 3${examine("length")}`,
                ],
            ],
            [
                { length: 3, ...none, numeric: false },
                [
                    "Invalid Attribute Combination. At least one attribute out of " +
                        `[special,upper,lower,numeric] must be specified as true${examine("numeric")}`,
                ],
            ],
        ];
        for (const [news, reasons] of cases) {
            const { failures } = await provider.check({
                urn: urn("RandomPassword"),
                olds: {},
                news,
                randomSeed: new Uint8Array(),
            });
            expect(failures.map(({ reason }) => reason)).to.deep.equal(reasons);
        }
    });

    const imports: [kind: string, id: string, inputs: PropertyMap, result: PropertyMap][] = [
        ["RandomPassword", "supersecret", { length: 11 }, { id: "none", result: secret("supersecret"), minLower: 0 }],
        ["RandomString", "shown", { length: 5 }, { id: "shown", result: "shown", upper: true }],
        ["RandomId", "p-,AQI", { byteLength: 2, prefix: "p-" }, { id: "AQI", hex: "p-0102", b64Url: "p-AQI" }],
        ["RandomBytes", "AQI=", { length: 2 }, { id: "none", hex: secret("0102"), base64: secret("AQI=") }],
    ];
    for (const [kind, id, inputs, expected] of imports) {
        it(`are imported: ${kind}`, async () => {
            const read = await provider.read({ urn: urn(kind), id, properties: {}, inputs: {} });
            expect(read.inputs).to.deep.equal(inputs);
            expect({ ...read.properties, id: read.id }).to.deep.include(expected);
            expect(await changed(kind, read.properties, inputs)).to.deep.equal([]);
        });
    }

    it("refuse kinds that the stand-in does not support", () => {
        const pet = { urn: urn("RandomPet"), olds: {}, news: {}, randomSeed: new Uint8Array() };
        expect(() => provider.check(pet)).to.throw("random:index/randomPet:RandomPet is not part");
    });
});
