import { expect } from "chai";
import { proveFor } from "../../scripts/promote/prove";
import { promoteInRings } from "../../scripts/promote/rings";
import { failure } from "./support/failure";
import { type ObjectStore, objectStore, type StoredObject } from "./support/objectStore";
import { printed } from "./support/printed";
import { registered, settingsWith, targetOn } from "./support/ringTarget";

const record = "api/v1/namespaces/argocd/configmaps/promotion-record";
const at = "2026-01-01T12:00:00Z";
const replaced = JSON.stringify({ revision: "hotfix", at, superseded: ["old"] });
const began = (revision: string, from: string) => JSON.stringify({ revision, at, from });

/** Staging's Application, long Healthy at a revision. */
function onStaging(revision: string): [path: string, object: StoredObject] {
    const labels = { "app.kubernetes.io/name": "agent", environment: "staging" };
    const [health, sync] = [{ status: "Healthy", lastTransitionTime: at }, { status: "Synced", revision }];
    const path = "apis/argoproj.io/v1alpha1/namespaces/argocd/applications/agent-s";
    return [path, { metadata: { name: "agent-s", labels }, status: { health, sync } }];
}

describe("a promotion of a revision that another one has replaced on a cluster", () => {
    let hub: ObjectStore;
    afterEach(() => hub.close());

    /** A hub on which staging has a revision, and prod's clusters have theirs, with the record of promotions. */
    async function hubWith(proved: string, pins: Record<string, string>, data: Record<string, string>) {
        const secrets = Object.entries(pins).map(([name, pin]) => registered(name, pin));
        const kept: [string, StoredObject] = [record, { metadata: { name: "promotion-record" }, data }];
        hub = await objectStore(Object.fromEntries([onStaging(proved), ...secrets, kept]));
    }
    const target = (more: object = {}) => targetOn(hub, settingsWith(["a", "b"], more));
    const source = () => ({ ...targetOn(hub, settingsWith(["s"], { environment: "staging" })), stack: "staging" });
    const prove = (allowSuperseded = false, of = target()) => proveFor(of, source(), "agent", allowSuperseded);

    it("is refused before any change, with the clusters, both revisions, the time and the flag", async () => {
        await hubWith("old", { a: "hotfix", b: "old" }, { a: replaced });
        expect(await failure(prove())).to.equal(
            "prod: a promotion has replaced old on clusters that would go back to it, so nothing was changed:\n" +
                `  a: by hotfix at ${at}\n` +
                "Promote a later revision, or add --allow-superseded to go back on purpose",
        );
        const rollout = { rings: [{ percent: 100, soak: "1s" }] };
        const inRings = target({ rollout });
        const given = { proved: () => prove(false, inRings), rollout: inRings.settings.rollout as never, timeout: "1m" };
        expect(await failure(promoteInRings(inRings, "agent", given))).to.match(/replaced old on clusters/);
        expect(hub.changes).to.deep.equal([]);
        const { result, lines } = await printed(() => prove(true));
        expect(result).to.equal("old");
        expect(lines).to.deep.equal(["agent on staging is Synced and Healthy at old for 1s or more: promoting it to prod"]);
    });

    it("is refused too where the other one was interrupted after it had reached the cluster", async () => {
        await hubWith("old", { a: "hotfix", b: "old" }, { "a.begun": began("hotfix", "old"), "b.begun": began("hotfix", "old") });
        expect(await failure(prove())).to.match(/changed:\n {2}a: by hotfix at .*\nPromote/);
    });

    it("is refused too for a cluster that is not registered now, which would come back with it", async () => {
        await hubWith("old", { b: "hotfix" }, { a: replaced, b: replaced });
        expect(await failure(prove())).to.include(`changed:\n  a: by hotfix at ${at}\n  b: by hotfix at ${at}\nPromote`);
    });

    it("continues after an interruption: what it has reached has replaced what was before", async () => {
        await hubWith("new", { a: "new", b: "old" }, { "a.begun": began("new", "old"), "b.begun": began("new", "old") });
        expect((await printed(() => prove())).result).to.equal("new");
    });

    it("goes on where the clusters have it again, or the stack file says that they go back", async () => {
        await hubWith("old", { a: "old", b: "hotfix" }, { a: replaced, b: replaced });
        expect(await failure(prove())).to.match(/changed:\n {2}b: by hotfix/);
        const settings = settingsWith(["a", "b"]);
        Object.assign(settings.clusters.b ?? {}, { rollbackFrom: "hotfix" });
        expect((await printed(() => prove(false, targetOn(hub, settings)))).result).to.equal("old");
        Object.assign(settings.clusters.b ?? {}, { revision: "older" });
        expect(await failure(prove(false, targetOn(hub, settings)))).to.match(/changed:\n {2}b: by hotfix/);
    });
});
