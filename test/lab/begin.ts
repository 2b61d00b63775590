import { expect } from "chai";
import { clusterNames, clusterStates } from "../../lab/clusters";
import { ensureTools } from "../../lab/tools";
import { buildLimitMs } from "./support/buildLimit";
import { npmRun } from "./support/lab";

describe("npm run lab", () => {
    before(async function () {
        this.timeout(buildLimitMs);
        await ensureTools((line) => process.stdout.write(`      ${line}\n`));
    });

    it("brings up four control planes, four stacks and Argo CD with the agent on every spoke", async () => {
        const { ok, output } = await npmRun("lab");
        expect(ok, output).to.equal(true);
        process.stdout.write(output);
        const states = await clusterStates();
        expect(states.map(({ name, serving }) => [name, serving])).to.deep.equal(
            clusterNames.map((name) => [name, true]),
        );
        // The age of each spoke's credential, in minutes.
        expect(output.match(/│ \d+ min +│/g)).to.have.length(3);
        expect(output).to.match(/agent-prod .*prod .*Synced .*Healthy .*3\/3/);
    });
});
