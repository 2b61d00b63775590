import { expect } from "chai";
import type { Release } from "../../clusters/releases";
import { promoteAtOnce } from "../../scripts/promote/atOnce";
import { actOnRelease } from "../../scripts/promote/rings";
import { failure } from "./support/failure";
import { type ObjectStore, objectStore } from "./support/objectStore";
import { printed } from "./support/printed";
import { registered, settingsWith, targetOn } from "./support/ringTarget";

const record = "api/v1/namespaces/argocd/configmaps/release-record";
const approval: Release = {
    ...{ revision: "new", at: "2026-01-01T12:00:00Z", runner: "one", state: "approval", ring: 0, approved: false, begun: false },
    rings: [{ clusters: ["a"], has: [], soak: "10m", approve: true, maxFailed: 0 }],
    ...{ moved: [], before: { a: { revision: "old" } }, skipped: {}, failed: {}, timeout: "15m" },
};
const refused = new RegExp(
    "prod: a release of new in rings is under way, and .*Pulumi\\.prod\\.yaml has no hubspoke:rollout" +
        ".*--resume.*--status.*--back$",
);

describe("a release in rings, from a checkout without the rings", () => {
    let hub: ObjectStore;
    const begin = async (release: Release) => {
        const data = { "prod.agent": JSON.stringify(release) };
        const kept = { metadata: { name: "release-record" }, data };
        const [secret, cluster] = registered("a");
        hub = await objectStore({ [record]: kept, [secret]: cluster });
        return targetOn(hub, settingsWith(["a"]));
    };
    const state = () => {
        const { data } = hub.objects.get(record) as { data: Record<string, string> };
        return (JSON.parse(data["prod.agent"] ?? "") as Release).state;
    };
    afterEach(() => hub.close());

    it("does not go on without the gates", async () => {
        const target = await begin(approval);
        for (const action of ["approve", "resume"] as const) {
            expect(await failure(actOnRelease(target, "agent", action, "1m"))).to.match(refused);
        }
        expect(hub.changes).to.deep.equal([]);
    });

    it("can be looked at and paused", async () => {
        const target = await begin(approval);
        const { lines } = await printed(() => actOnRelease(target, "agent", "status", "1m"));
        expect(lines.join("")).to.include("needs an approval of new");
        await printed(() => actOnRelease(target, "agent", "pause", "1m"));
        expect(state()).to.equal("paused");
    });

    it("is not passed by a promotion to all clusters at once", async () => {
        expect(await failure(promoteAtOnce(await begin(approval), "agent", "newer", "1m"))).to.match(refused);
        expect(hub.changes).to.deep.equal([]);
    });
});
