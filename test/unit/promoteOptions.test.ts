import { expect } from "chai";
import { optionsIn } from "../../scripts/promote/options";

describe("the options of a promotion", () => {
    it("name two stacks, or one with what to do with its release", () => {
        expect(optionsIn(["--from", "staging", "--to", "prod"])).to.deep.equal({
            ...{ to: "prod", does: { from: "staging", allowSuperseded: false }, application: undefined, timeout: undefined },
        });
        const { does } = optionsIn(["--from", "staging", "--to", "prod", "--allow-superseded"]);
        expect(does).to.deep.equal({ from: "staging", allowSuperseded: true });
        expect(optionsIn(["--to", "prod", "--approve", "--application", "retriever", "--timeout", "1h"])).to.deep.equal({
            ...{ to: "prod", does: { action: "approve" }, application: "retriever", timeout: "1h" },
        });
    });

    const refused = [
        ["--from", "staging"],
        ["--to", "prod"],
        ["--from", "prod", "--to", "prod"],
        ["--from", "staging", "--to", "prod", "--back"],
        ["--to", "prod", "--pause", "--resume"],
        ["--to", "prod", "--resume", "--allow-superseded"],
        ["--from", "staging", "--to", "prod", "--timeout", "soon"],
        ["--to", "prod", "--aprove"],
    ];
    for (const args of refused) {
        it(`are refused with the usage: ${args.join(" ")}`, () => {
            expect(() => optionsIn(args)).to.throw(/usage: npm run promote -- --from STACK --to ANOTHER[^]*--approve/);
        });
    }
});
