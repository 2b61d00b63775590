import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { latestMove } from "../../lab/drill/stage";
import { agentUrls, ensureMonitoringTools, failoverToken } from "../../lab/monitoring";
import { labDir } from "../../lab/paths";
import { buildLimitMs } from "./support/buildLimit";
import { npmRun } from "./support/lab";
import { noteSecret } from "./support/secrets";

describe("npm run drill", () => {
    before(async function () {
        this.timeout(buildLimitMs);
        await ensureMonitoringTools((line) => process.stdout.write(`      ${line}\n`));
    });

    it("loses prod: people are notified, users move to dr and back, releases continue, and all of it is recorded", async () => {
        const { ok, output } = await npmRun("drill", {}, "--keep");
        expect(ok, output).to.equal(true);
        process.stdout.write(output);
        // The service itself, and not what stands in for it where Python is missing.
        const facts = (await (await fetch(new URL("/", (await agentUrls()).prod))).json()) as { cluster: { name: string } };
        expect(facts.cluster).to.include({ name: "prod", environment: "prod", public_host: "agent.prod.example.com" });
        noteSecret("the token of the receiver of failovers", failoverToken());

        const { steps } = JSON.parse(fs.readFileSync(path.join(labDir, "drill.json"), "utf8")) as {
            steps: { what: string; seconds: number }[];
        };
        const order = [
            /^the hub's probe of the API server fails$/,
            /ClusterUnreachable prod, critical$/,
            /^DNS answers dr$/,
            /^dr has taken the release, while prod is lost$/,
            /ClusterUnreachable prod is resolved$/,
            /^--back is refused: prod has not had the release/,
            /^--back: DNS answers prod$/,
        ];
        const found = order.map((pattern) => steps.findIndex(({ what }) => pattern.test(what)));
        expect(found).to.not.include(-1);
        expect(found).to.deep.equal([...found].sort((one, other) => one - other));
        expect(fs.readFileSync(path.join(labDir, "drill.svg"), "utf8")).to.match(/^<svg .*DNS answers dr.*<\/svg>\n$/s);
        expect(await latestMove()).to.include({ from: "dr", to: "prod", state: "done", why: "the drill is over" });
    });
});
