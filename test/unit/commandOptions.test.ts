import { expect } from "chai";
import { previewOptions } from "../../scripts/preview/options";
import { rebuildOptions } from "../../scripts/rebuild/options";
import { recoverOptions } from "../../scripts/recover/options";
import { rotationTarget } from "../../scripts/rotate/options";
import { rulesOptions } from "../../scripts/rules/options";
import { hubSettingsOf } from "../../scripts/support/stacks";
import { InputError } from "../../settings/inputError";
import { fakePulumi } from "./support/fakePulumi";
import { failure } from "./support/failure";

describe("the command line of a command", () => {
    const commands: [string, (args: string[]) => unknown, string[][]][] = [
        ["preview", previewOptions, [["--polcy"], ["--base"]]],
        ["rebuild", rebuildOptions, [["--hubs", "hub"], ["prod"], ["--timeout", "soon"]]],
        ["recover", recoverOptions, [["prod", "--holder-is-deed", "a"], [], ["prod", "refresh"], ["prod", "up", "dr"]]],
        ["rotate", rotationTarget, [["--all"], [], ["prod", "dr"]]],
        ["rules", rulesOptions, [["--chek"], ["--stack"]]],
    ];
    for (const [name, read, wrong] of commands) {
        for (const args of wrong) {
            it(`is refused with its usage: npm run ${[name, "--", ...args].join(" ")}`, () => {
                expect(() => read(args)).to.throw(InputError, new RegExp(`usage: npm run ${name} -- `));
            });
        }
    }

    it("has its defaults, and what the user gives", () => {
        expect(previewOptions(["--policy", "--accept-deletions", "--out", "o", "prod", "dr"])).to.deep.equal({
            stacks: ["prod", "dr"], base: "origin/main", agent: undefined, policy: true, accepted: true, out: "o",
        });
        expect(rebuildOptions([])).to.deep.equal({ hub: "hub", active: undefined, timeoutMs: 900_000 });
        expect(rebuildOptions(["--active", "dr"])).to.include({ active: "dr" });
        expect(recoverOptions(["prod", "up", "--holder-is-dead", "ci"])).to.deep.equal({ stack: "prod", next: "up", deadHost: "ci" });
        expect(rotationTarget(["all"])).to.equal("all");
        expect(rulesOptions(["agent", "--check"])).to.deep.equal({
            applications: ["agent"], check: true, checkout: ".", stack: "hub",
        });
    });

    it("names the hub's stack by --stack, and no environment's", async () => {
        const clusters = { prod: { context: "prod", labels: { region: "eu" } } };
        const pulumi = fakePulumi({ prod: { role: "environment", environment: "prod", hub: { context: "hub" }, clusters } });
        try {
            expect(await failure(hubSettingsOf("prod"))).to.equal(
                "prod is the stack of an environment. Name the hub's stack",
            );
        } finally {
            pulumi.restore();
        }
    });
});
