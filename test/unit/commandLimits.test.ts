import { expect } from "chai";
import { pulumi } from "../../scripts/support/pulumi";
import { failure } from "./support/failure";
import { type FakePulumi, fakePulumi } from "./support/fakePulumi";

describe("a command of pulumi", () => {
    let cli: FakePulumi;
    beforeEach(() => {
        cli = fakePulumi({});
    });
    afterEach(() => cli.restore());

    it("that does not end names its limit, and the command that repairs the stack", async () => {
        cli.hang("up");
        expect(await failure(pulumi("prod", ["up", "--yes"], {}, { timeoutMs: 2_000 }))).to.equal(
            "pulumi up --yes --stack prod failed:\nUpdating\npulumi did not end in 2 s, and was interrupted\n" +
                "The stack may be locked, and what the run began may be incomplete. Repair that, and do this again: " +
                "npm run recover -- prod",
        );
    });

    it("that fails says why, and nothing of a limit", async () => {
        cli.fail("up", "Diagnostics:\n  error: no");
        expect(await failure(pulumi("prod", ["up"]))).to.equal("pulumi up --stack prod failed:\nDiagnostics:\n  error: no");
    });

    it("that is not there is named", async () => {
        const before = process.env.PATH;
        process.env.PATH = "/nowhere";
        const why = await failure(pulumi("prod", ["up"]));
        process.env.PATH = before;
        expect(why).to.match(/^pulumi up --stack prod failed:\n.*ENOENT/);
    });
});
