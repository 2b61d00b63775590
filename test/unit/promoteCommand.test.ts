import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { promote } from "../../scripts/promote";
import { hubApplications, three } from "./support/applications";
import { failure } from "./support/failure";
import { type FakePulumi, fakePulumi } from "./support/fakePulumi";
import { mockPulumi } from "./support/mocks";
import { type ObjectStore, objectStore } from "./support/objectStore";
import { printed } from "./support/printed";
import { outputsOfHub } from "./support/register";
import { registered, running } from "./support/ringTarget";

describe("npm run promote", () => {
    let hub: ObjectStore;
    let pulumi: FakePulumi;

    /**
     * Staging has the revision "new", and prod's Application is at another one.
     *
     * @param at prod's revision
     * @param outputs of the hub, in the place of the usual ones
     */
    async function begin(at: string, prod: object = {}, outputs: object = {}): Promise<void> {
        const [path, object] = running("s", "new", { environment: "staging" });
        const health = { status: "Healthy", lastTransitionTime: "2026-01-01T12:00:00Z" };
        const proved = { ...object, status: { sync: { status: "Synced", revision: "new" }, health } };
        const objects = [registered("s", "new"), registered("a", at), running("a", at)];
        hub = await objectStore(Object.fromEntries([[path, proved], ...objects]));
        const environment = (name: string, cluster: string, revision: string) => ({
            ...{ role: "environment", environment: name, hub: { kubeconfig: hub.kubeconfig } },
            clusters: { [cluster]: { kubeconfig: hub.kubeconfig, labels: { region: "eu" }, revision } },
        });
        const staging = environment("staging", "s", "new");
        pulumi = fakePulumi({ staging, prod: { ...environment("prod", "a", at), ...prod } });
        await mockPulumi();
        pulumi.setOutputs("hub", { ...(await outputsOfHub()), ...outputs });
    }
    afterEach(async () => {
        pulumi.restore();
        await hub.close();
    });

    const fromStaging = ["--from", "staging", "--to", "prod"];
    const proof = "agent on staging is Synced and Healthy at new for 10m or more: promoting it to prod";

    it("promotes to all clusters at once where the environment has no rings", async () => {
        await begin("new");
        const { lines } = await printed(() => promote(fromStaging));
        expect(lines).to.deep.equal([proof, `prod is Synced and Healthy at new. Commit ${pulumi.file("prod")}`]);
    });

    it("waits as long as the user says", async () => {
        await begin("old");
        const { result } = await printed(() => failure(promote([...fromStaging, "--timeout", "1ms"])));
        expect(result).to.match(/^waited [0-9.]+ s for agent on prod to be Synced and Healthy at new/);
    });

    it("promotes in rings where the environment has them", async () => {
        await begin("new", { rollout: { rings: [{ percent: 100 }] } });
        const { lines } = await printed(() => promote(fromStaging));
        expect(lines).to.deep.equal([proof, `prod: every cluster has new. Commit ${pulumi.file("prod")} if it has changed`]);
    });

    it("goes back to a replaced revision where the user says so", async () => {
        await begin("hotfix");
        const replaced = JSON.stringify({ revision: "hotfix", at: "2026-01-01T12:00:00Z", superseded: ["new"] });
        const record = "api/v1/namespaces/argocd/configmaps/promotion-record";
        hub.objects.set(record, { metadata: { name: "promotion-record" }, data: { a: replaced } });
        expect(await failure(promote(fromStaging))).to.match(/^prod: a promotion has replaced new on clusters/);
        const { lines, result } = await printed(() => failure(promote([...fromStaging, "--allow-superseded", "--timeout", "1ms"])));
        expect(lines).to.deep.equal([proof]);
        expect(result).to.match(/^waited /);
    });

    it("acts on a release without another environment", async () => {
        await begin("old");
        const { lines } = await printed(() => promote(["--to", "prod", "--status"]));
        expect(lines).to.deep.equal(["prod: there is no release"]);
    });

    it("changes nothing where Argo CD promotes, and where no cluster gets the application", async () => {
        const rules = { pinned: [], windowed: [], soak: "10m" };
        await begin("old", {}, { rollout: JSON.stringify({ ...rules, strategy: "rolling", rolled: ["staging", "prod"] }) });
        expect(await failure(promote(fromStaging))).to.equal(
            'the hub\'s rollout is "rolling": Argo CD promotes by itself, so there is no pin to change',
        );
        pulumi.restore();
        await hub.close();
        await begin("old", {}, { applications: JSON.stringify(hubApplications(three)) });
        const named = await failure(promote([...fromStaging, "--application", "retriever"]));
        expect(named).to.match(/^--to prod: no cluster of prod gets retriever: /);
        expect(await failure(promote(fromStaging))).to.match(/^the hub has several applications\. Name one: /);
        expect(hub.changes).to.deep.equal([]);
    });

    it("works with no shard, neither from it nor to it", async () => {
        await begin("old");
        const shard = (of: string, cluster: string) => stringify({ config: { "hubspoke:shard": { of, clusters: [cluster] } } });
        writeFileSync(pulumi.file("staging-1"), shard("staging", "s"));
        expect(await failure(promote(["--from", "staging-1", "--to", "prod"]))).to.match(/^--from staging-1: is a shard of staging/);
        writeFileSync(pulumi.file("prod-1"), shard("prod", "a"));
        expect(await failure(promote(["--from", "staging", "--to", "prod-1"]))).to.match(/^--to prod-1: is a shard of prod/);
    });
});
