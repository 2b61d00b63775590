import { expect } from "chai";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { promoteAtOnce } from "../../scripts/promote/atOnce";
import type { EnvironmentStack } from "../../scripts/support/stacks";
import { hubApplications, three } from "./support/applications";
import { failure } from "./support/failure";
import { type FakePulumi, fakePulumi } from "./support/fakePulumi";
import { type ObjectStore, objectStore, type StoredObject } from "./support/objectStore";
import { printed } from "./support/printed";
import { registered, running, settingsWith, targetOn } from "./support/ringTarget";

const record = "api/v1/namespaces/argocd/configmaps/promotion-record";
const region = { region: "eu" };

describe("a promotion to all clusters at once", () => {
    let hub: ObjectStore;
    let pulumi: FakePulumi;
    let target: EnvironmentStack;

    /** Argo CD has these Applications, and cluster Secrets have the revision "new" once its promotion is recorded. */
    async function begin(
        clusters: Record<string, object>,
        applications: readonly [path: string, object: StoredObject][],
        shards: EnvironmentStack["shards"] = {},
    ): Promise<void> {
        const secrets = Object.keys(clusters).map((name) => registered(name));
        hub = await objectStore(Object.fromEntries([...secrets, ...applications]), ({ method, path }, objects) => {
            if (method !== "GET" && path.includes("/configmaps")) {
                Object.keys(clusters).forEach((name) => objects.set(...registered(name, "new")));
            }
            return undefined;
        });
        const settings = settingsWith([], { clusters });
        const ofShards = Object.fromEntries(Object.entries(shards).map(([name, shard]) => [name, { shard }]));
        pulumi = fakePulumi({ prod: settings, ...ofShards });
        target = targetOn(hub, settings, shards);
    }
    afterEach(async () => {
        pulumi.restore();
        await hub.close();
    });

    const pinned = (name: string, more: object = {}) => ({ context: name, labels: region, revision: "old", ...more });
    const commands = (command: string) => pulumi.calls().filter((call) => call.startsWith(`${command} `));
    const revisions = () => {
        const { config } = parse(readFileSync(pulumi.file("prod"), "utf8")) as { config: Record<string, object> };
        const entries = Object.entries(config["hubspoke:clusters"] as Record<string, { readonly revision?: string }>);
        return Object.fromEntries(entries.map(([name, { revision }]) => [name, revision]));
    };
    const recorded = () => {
        const { data } = hub.objects.get(record) as { readonly data: Record<string, string> };
        const entries = Object.entries(data).map(([key, json]) => [key, JSON.parse(json) as object] as const);
        return Object.fromEntries(entries);
    };

    it("pins all clusters, records that, and waits for those that are not in quarantine", async () => {
        const old = running("b", "old", { health: "Degraded" });
        await begin({ a: pinned("a"), b: pinned("b", { quarantined: "true" }) }, [running("a", "new"), old]);
        const { lines } = await printed(() => promoteAtOnce(target, "agent", "new", "5s"));
        expect(lines).to.deep.equal([
            "prod: b is in quarantine: it gets new when that is lifted",
            `prod is Synced and Healthy at new. Commit ${pulumi.file("prod")}`,
        ]);
        expect(revisions()).to.deep.equal({ a: "new", b: "new" });
        const [up, ...more] = commands("up");
        expect(up).to.match(/ --target urn:pulumi:\*\*::a-cluster-secret --target urn:pulumi:\*\*::b-cluster-secret /);
        expect([more, pulumi.beside("preview"), pulumi.beside("up")]).to.deep.equal([[], [""], [""]]);
        expect(Object.keys(recorded()).sort()).to.deep.equal(["a", "b"]);
        expect(recorded().a).to.deep.include({ revision: "new", superseded: ["old"] });
    });

    it("waits for the Applications of its application alone", async () => {
        await begin({ a: pinned("a") }, [running("a", "new")]);
        const all = { ...target, applications: hubApplications(three) };
        const { lines } = await printed(() => promoteAtOnce(all, "agent", "new", "5s"));
        expect(lines).to.have.length(1);
    });

    it("stops at an Application that fails, with the pins before and how to restore them", async () => {
        await begin({ a: pinned("a"), b: pinned("b", { revision: undefined }) }, [running("a", "new", { health: "Degraded" })]);
        expect(await failure(promoteAtOnce(target, "agent", "new", "5s"))).to.equal(
            "agent on prod does not become healthy at new:\n" +
                "agent-a: Synced, Degraded at new\n" +
                "The promotion stopped. To continue, run it again. To roll back, write into " +
                `${pulumi.file("prod")}: a: revision old, rollbackFrom new; b: no revision. Then: pulumi up --stack prod`,
        );
        expect(revisions()).to.deep.equal({ a: "new", b: "new" });
    });

    it("stops at the time limit, with what it has waited for", async () => {
        await begin({ a: pinned("a") }, [running("a", "old")]);
        const error = await failure(promoteAtOnce(target, "agent", "new", "1s"));
        const last = "agent on prod to be Synced and Healthy at new; last seen: agent-a: Synced, Healthy at old";
        expect(error.split("\n")[0]).to.match(/^waited [0-9.]+ s for /).and.include(` s for ${last}`);
    });

    it("names the place of another application's pins, with the revisions of their values files, where it is delivered", async () => {
        const revisionsBefore = { retriever: { revision: "1.0", values: "v1" } };
        const labels = { ...region, gpu: "true" };
        const withIt = { a: pinned("a", { labels, revisions: revisionsBefore }), b: pinned("b", { labels }) };
        await begin({ ...withIt, without: pinned("without") }, []);
        pulumi.fail("up", "the network failed");
        const all = { ...target, applications: hubApplications(three) };
        const error = await failure(promoteAtOnce(all, "retriever", "2.0 v2", "5s"));
        const pins = "a: revision 1.0, values v1, rollbackFrom 2.0 v2; b: no revision";
        expect(error.split("\n").at(-1)).to.equal(
            "The promotion stopped. To continue, run it again. To roll back, write into " +
                `${pulumi.file("prod")} (under revisions.retriever): ${pins}. Then: pulumi up --stack prod`,
        );
    });

    it("changes nothing if another change is pending in the stack", async () => {
        await begin({ a: pinned("a") }, [running("a", "new")]);
        const urn = "urn:pulumi:prod::hubspoke::kubernetes:core/v1:Secret::other";
        pulumi.planned([{ op: "create", urn, type: "kubernetes:core/v1:Secret" }]);
        const error = await failure(promoteAtOnce(target, "agent", "new", "5s"));
        expect(error).to.match(
            /^nothing was brought up: besides the promotion, this would change in the stack prod:\n {2}create other /,
        );
        expect([commands("up"), hub.changes, revisions()]).to.deep.equal([[], [], { a: "old" }]);
    });

    it("changes nothing if Argo CD leaves a cluster alone that is not in quarantine", async () => {
        await begin({ a: pinned("a") }, [running("a", "new")]);
        const [path, { metadata, ...secret }] = registered("a");
        const annotations = { revision: "old", "argocd.argoproj.io/skip-reconcile": "true" };
        hub.objects.set(path, { ...secret, metadata: { ...metadata, annotations } });
        expect(await failure(promoteAtOnce(target, "agent", "new", "5s"))).to.match(/^hubspoke:clusters\.a: Argo CD leaves it alone now/);
        expect([pulumi.calls(), hub.changes]).to.deep.equal([[], []]);
    });

    const shards: EnvironmentStack["shards"] = { "prod-1": { of: "prod", clusters: ["a"] } };
    const cases: [what: string, shards: EnvironmentStack["shards"], command: string][] = [
        ["its stack", {}, "pulumi up --stack prod"],
        ["all shards of a divided environment", shards, "npm run fleet -- up prod"],
    ];
    for (const [what, given, command] of cases) {
        it(`that stops names the command for ${what}`, async () => {
            await begin({ a: pinned("a") }, [], given);
            pulumi.fail("up", "the network failed");
            const error = await failure(promoteAtOnce(target, "agent", "new", "5s"));
            expect(error).to.match(/the network failed[^]*a: revision old, rollbackFrom new/);
            expect(error.endsWith(`. Then: ${command}`), error).to.equal(true);
        });
    }
});
