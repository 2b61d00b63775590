import { expect } from "chai";
import { promoteAtOnce } from "../../scripts/promote/atOnce";
import type { EnvironmentStack } from "../../scripts/support/stacks";
import { failure } from "./support/failure";
import { fakePulumi } from "./support/fakePulumi";
import { objectStore } from "./support/objectStore";
import { registered, settingsWith, targetOn } from "./support/ringTarget";

function shardStacks(shards: EnvironmentStack["shards"]): Record<string, { shard: object }> {
    return Object.fromEntries(Object.entries(shards).map(([name, shard]) => [name, { shard }] as const));
}

describe("a promotion to all clusters at once that stops", () => {
    const shards: EnvironmentStack["shards"] = { "prod-1": { of: "prod", clusters: ["a"] } };
    const cases: [what: string, shards: EnvironmentStack["shards"], command: string][] = [
        ["names the command for its stack", {}, "pulumi up --stack prod"],
        ["names the command for all shards of a divided environment", shards, "npm run fleet -- up prod"],
    ];
    for (const [what, given, command] of cases) {
        it(what, async () => {
            const hub = await objectStore(Object.fromEntries([registered("a")]));
            const settings = settingsWith(["a"]);
            const pulumi = fakePulumi({ prod: settings, ...shardStacks(given) });
            try {
                pulumi.fail("up", "the network failed");
                const error = await failure(promoteAtOnce(targetOn(hub, settings, given), "agent", "new", "1m"));
                expect(error).to.match(/the network failed[^]*a: revision old, rollbackFrom new/);
                expect(error.endsWith(`. Then: ${command}`), error).to.equal(true);
            } finally {
                pulumi.restore();
                await hub.close();
            }
        });
    }
});
