import { expect } from "chai";
import { proveFor } from "../../scripts/promote/prove";
import { hubApplications, three } from "./support/applications";
import { failure } from "./support/failure";
import { type ObjectStore, objectStore } from "./support/objectStore";
import { printed } from "./support/printed";
import { registered, running, settingsWith, targetOn } from "./support/ringTarget";

describe("the revision that an environment proves", () => {
    let hub: ObjectStore;
    afterEach(() => hub.close());

    const environment = "staging";
    const at = "2026-01-01T12:00:00Z";

    /** Staging's Application on a cluster, at a revision since long. */
    function proved(name: string, revision: string, health = "Healthy"): ReturnType<typeof running> {
        const [path, object] = running(name, revision, { environment });
        return [path, { ...object, status: { sync: { status: "Synced", revision }, health: { status: health, lastTransitionTime: at } } }];
    }

    /** Promotes the agent from staging, with these clusters, to prod. */
    async function prove(clusters: object, applications: readonly ReturnType<typeof running>[]): Promise<string> {
        hub = await objectStore(Object.fromEntries([registered("a"), ...applications]));
        const settings = settingsWith([], { environment, clusters });
        const several = { applications: hubApplications(three) };
        const source = { ...targetOn(hub, settings), ...several, stack: "staging" };
        return (await printed(() => proveFor(targetOn(hub, settingsWith(["a"])), source, "agent", false))).result;
    }
    const labels = { region: "eu" };

    it("is that of the clusters outside of quarantine, by their names in Argo CD: the state of the others is old", async () => {
        const clusters = {
            s: { context: "s", labels },
            t: { context: "t", labels, quarantined: "true" },
            u: { context: "u", labels, name: "arn:aws:eks:eu:1:cluster/u", quarantined: "true" },
        };
        const old = [proved("t", "old", "Degraded"), proved("arn-aws-eks-eu-1-cluster-u", "older")];
        expect(await prove(clusters, [proved("s", "new"), ...old])).to.equal("new");
    });

    it("needs an Application of it on every cluster, and none of other applications", async () => {
        const clusters = { s: { context: "s", labels }, t: { context: "t", labels } };
        expect(await failure(prove(clusters, [proved("s", "new")]))).to.equal(
            "staging is not Synced and Healthy, so nothing is promoted from it:\n  agent-t does not exist",
        );
    });
});
