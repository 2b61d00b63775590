import { expect } from "chai";
import { readFileSync } from "node:fs";
import { worldOf } from "../../scripts/promote/rings/onHub";
import type { EnvironmentStack } from "../../scripts/support/stacks";
import { failure } from "./support/failure";
import { type FakePulumi, fakePulumi } from "./support/fakePulumi";
import { type ObjectStore, objectStore } from "./support/objectStore";
import { printed } from "./support/printed";
import { registered, settingsWith, targetOn } from "./support/ringTarget";

const names = ["a", "b"];
const record = "api/v1/namespaces/argocd/configmaps/promotion-record";

describe("the move of a ring's pins in shards", () => {
    let hub: ObjectStore;
    let pulumi: FakePulumi;
    let target: EnvironmentStack;
    /** Whether the hub refuses to write the record of promotions. */
    let isFull = false;

    beforeEach(async () => {
        isFull = false;
        hub = await objectStore(Object.fromEntries(names.map((name) => registered(name))), ({ method, path }) => {
            const isWrite = method !== "GET" && path.includes("/configmaps");
            return isFull && isWrite ? { kind: "Status", code: 422, message: "too long" } : undefined;
        });
        const settings = settingsWith(names);
        const shards = { "prod-1": { of: "prod", clusters: ["a"] }, "prod-2": { of: "prod", clusters: ["b"] } };
        pulumi = fakePulumi({ prod: settings, "prod-1": { shard: shards["prod-1"] }, "prod-2": { shard: shards["prod-2"] } });
        target = targetOn(hub, settings, shards);
    });
    afterEach(async () => {
        pulumi.restore();
        await hub.close();
    });

    /** @param allowed how many changes of the hub may begin */
    async function move(allowed: number, replaces?: string) {
        const pins = Object.fromEntries(names.map((name) => [name, { revision: "new" }]));
        let left = allowed;
        const ready = () => ((left -= 1) < 0 ? Promise.reject(new Error("paused")) : Promise.resolve());
        const { move: moves } = await worldOf(target, "agent");
        return moves({ pins, on: names, dead: [], ready, ...(replaces !== undefined && { replaces }) });
    }
    const ups = () => pulumi.calls().filter((call) => call.startsWith("up "));

    it("looks at the release after all previews: before the record of promotions, and before each shard", async () => {
        expect(await failure(move(0))).to.equal("paused");
        expect([hub.changes, ups()]).to.deep.equal([[], []]);
        expect(await failure(move(1))).to.equal("paused");
        expect([hub.objects.has(record), ups()]).to.deep.equal([true, []]);
        expect(await failure(move(2))).to.equal("paused");
        expect(ups()).to.have.length(1);
        await move(3);
        expect(ups()).to.have.length(3);
    });

    it("writes pins that a preview accepts: of what was taken back, and goes to a dead cluster later", async () => {
        const taken = JSON.stringify({ revision: "old", at: "2026-01-01T00:00:00Z", superseded: ["new"] });
        hub.objects.set(record, { metadata: { name: "promotion-record" }, data: { b: taken } });
        const pins = Object.fromEntries(names.map((name) => [name, { revision: "new" }]));
        await (await worldOf(target, "agent")).move({ pins, on: ["a"], dead: ["b"], ready: () => Promise.resolve() });
        const file = readFileSync(pulumi.file("prod"), "utf8");
        expect(file.match(/revision: new|rollbackFrom: \w+/g)).to.deep.equal(["revision: new", "revision: new", "rollbackFrom: old"]);
    });

    it("forward is refused if the record of promotions cannot be written, and back goes on with a warning", async () => {
        isFull = true;
        expect(await failure(move(3))).to.match(/answers 422/);
        expect(ups()).to.deep.equal([]);
        const { lines } = await printed(() => move(3, "bad"));
        expect(ups()).to.have.length(2);
        expect(lines.join("\n")).to.match(/record of promotions was not written, so it may not refuse bad from a checkout .*answers 422/);
    });

    it("back has the record of promotions refuse the revision, whatever the clusters have", async () => {
        names.forEach((name) => hub.objects.set(...registered(name, "new")));
        await move(3, "bad");
        const { data } = hub.objects.get(record) as { data: Record<string, string> };
        expect(JSON.parse(data.a ?? "{}")).to.deep.include({ revision: "new", superseded: ["bad"] });
    });
});
