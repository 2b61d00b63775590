import { expect } from "chai";
import { pinOf, pins, pinSetting, pinText, revisionPin, rollbackSetting } from "../../settings/pins";

describe("the pin of an application on a cluster", () => {
    const settings = { revision: "v1", rollbackFrom: "v2", revisions: { shop: { revision: "1.4.2", values: "v3" } } };

    it("is in the cluster's own settings for the agent, and in revisions for any other", () => {
        expect(pinOf(settings, "agent")).to.deep.equal({ revision: "v1", rollbackFrom: "v2" });
        expect(pinOf(settings, "shop")).to.deep.equal({ revision: "1.4.2", values: "v3" });
        expect(pinOf(settings, "other")).to.deep.equal({});
        expect(["agent", "shop"].map(pinSetting)).to.deep.equal(["revision", "revisions.shop.revision"]);
        expect(["agent", "revision"].map(rollbackSetting)).to.deep.equal(["rollbackFrom", "revisions.revision.rollbackFrom"]);
    });

    const texts: [pin: object, text: string | undefined][] = [
        [{ revision: "1.4.2", values: "v3" }, "1.4.2 v3"],
        [{ revision: "1.4.2" }, "1.4.2"],
        [{ values: "v3" }, undefined],
    ];
    for (const [pin, text] of texts) {
        it(`is ${text === undefined ? "no text" : `"${text}"`} as ${JSON.stringify(pin)}`, () => {
            expect(pinText(pin)).to.equal(text);
            if (text !== undefined) {
                expect(revisionPin(text)).to.deep.equal(pin);
            }
        });
    }

    it("is refused for the agent in revisions, where it would not be read", () => {
        expect(pins.safeParse({ shop: { revision: "v1" } }).success).to.equal(true);
        expect(pins.safeParse({ agent: { revision: "v1" } }).error?.issues[0]).to.deep.include({ path: ["agent"] });
    });
});
