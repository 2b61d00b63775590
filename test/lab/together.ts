import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { waitFor } from "../../lab/processes";
import { backendDir } from "../../lab/stacks/environment";
import { labelled, pulumi, withConfig } from "./support/lab";

const locks = path.join(backendDir, ".pulumi", "locks", "organization", "hubspoke", "dr");

describe("two engineers who run `pulumi up` on one stack at the same time", () => {
    it("the second sees who holds the lock, and the first completes", async () => {
        const up = () => pulumi("dr", "up", "--yes", "--skip-preview");
        await withConfig("dr", labelled("dr", { tier: "first" }), async () => {
            const first = up();
            const holding = () => (fs.existsSync(locks) ? fs.readdirSync(locks) : []);
            await waitFor(
                "the first to hold the stack's lock",
                () => Promise.resolve(holding().length > 0 ? { done: true as const } : { seen: "no lock" }),
                { timeoutMs: 60_000, intervalMs: 50 },
            );
            const second = await up();
            expect(second.ok, second.output).to.equal(false);
            expect(second.output).to.match(/the stack is currently locked by 1 lock\(s\)/);
            expect(second.output).to.match(/created by \S+@\S+ \(pid \d+\) at/);
            const { ok, output } = await first;
            expect(ok, output).to.equal(true);
            expect(holding()).to.deep.equal([]);
        });
        const { ok, output } = await up();
        expect(ok, output).to.equal(true);
    });
});
