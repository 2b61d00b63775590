import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { startApiServer, stopApiServer } from "../../lab/clusters";
import { kubectl } from "../../lab/kubectl";
import { projectDir, pulumiEnvironment } from "../../lab/stacks/environment";
import { changeInLab, readInLab } from "../../lab/stacks/project";
import { run } from "../../lab/processes/run";
import { waitForApplications, waitForSoak } from "../../lab/waiting";
import { push, waitForState } from "./support/delivery";
import { type Config, destroyProtected, npmRun, type Outcome, pulumi, pulumiOk } from "./support/lab";
import { addProdB } from "./support/prodB";

const up = ["up", "--yes", "--skip-preview"] as const;

const fleet = (...args: string[]) => npmRun("fleet", pulumiEnvironment(), ...args);

function expectOk({ ok, output }: Outcome): string {
    expect(ok, output).to.equal(true);
    return output;
}

/** Runs `pulumi` on a shard. */
async function onShard(stack: string, ...args: string[]): Promise<Outcome> {
    return run("pulumi", [...args, "--stack", stack, "--non-interactive"], { env: pulumiEnvironment(), timeoutMs: 600_000 });
}

/** Adds to prod a cluster that has its context from the lab's other stacks. */
function join(name: string, context: string): void {
    changeInLab("prod", (config) => {
        const clusters = config["hubspoke:clusters"] as Record<string, Config>;
        return { ...config, "hubspoke:clusters": { ...clusters, [name]: { ...clusters.prod, context } } };
    });
}

function clustersOf(stack: string): string[] {
    const { config } = parse(fs.readFileSync(path.join(projectDir, `Pulumi.${stack}.yaml`), "utf8")) as { config: Config };
    return (config["hubspoke:shard"] as { clusters: string[] }).clusters;
}

/** Edits the list of a shard, as a person does. */
function writeClusters(stack: string, clusters: readonly string[]): void {
    changeInLab(stack, (config) => ({ ...config, "hubspoke:shard": { of: "prod", clusters } }));
}

/** The settings of prod's clusters, as the environment's stack file has them. */
function settingsOfClusters(): Record<string, Config> {
    return readInLab("prod")["hubspoke:clusters"] as Record<string, Config>;
}

/** UID and version of each object that prod's stack made: a change of any field changes the version. */
async function versions(): Promise<Record<string, string>> {
    const versionsOn = async (cluster: "hub" | "prod" | "dr", namespace: string, kinds: string) => {
        const json = await kubectl(cluster, ["get", kinds, "--namespace", namespace, "--output=json"]);
        type Item = { kind: string; metadata: { name: string; uid: string; resourceVersion: string } };
        const items = (JSON.parse(json) as { items: Item[] }).items;
        return items.map(({ kind, metadata }) => {
            return [`${cluster} ${kind} ${metadata.name}`, `${metadata.uid} ${metadata.resourceVersion}`] as const;
        });
    };
    const registered = (await versionsOn("hub", "argocd", "secrets")).filter(([name]) => /Secret cluster-prod/.test(name));
    const spokes = await Promise.all(
        (["prod", "dr"] as const).flatMap((cluster) => [
            versionsOn(cluster, "argocd-manager", "serviceaccounts,secrets"),
            versionsOn(cluster, "agent", "roles,rolebindings,networkpolicies,limitranges"),
        ]),
    );
    return Object.fromEntries([...registered, ...spokes.flat()]);
}

describe("an environment in shards", () => {
    const file = path.join(projectDir, "Pulumi.prod.yaml");
    let original: string;

    before(async () => {
        original = fs.readFileSync(file, "utf8");
        await addProdB();
    });

    after(async () => {
        // The hub's record of promotions refuses the revision that the suite began with.
        const { revision } = settingsOfClusters().prod ?? {};
        fs.writeFileSync(file, original);
        const { prod } = settingsOfClusters();
        changeInLab("prod", (config) => ({ ...config, "hubspoke:clusters": { prod: { ...prod, revision } } }));
        for (const stack of ["prod", "dr", "staging"] as const) {
            await pulumiOk(stack, ...up);
        }
        await waitForApplications(["agent-dr", "agent-prod", "agent-staging"]);
    });

    it("comes from one stack by a move of its state, and nothing changes on a cluster", async () => {
        const before = await versions();
        expect(Object.keys(before)).to.include.members(["hub Secret cluster-prod", "hub Secret cluster-prod-b"]);
        const output = expectOk(await fleet("up", "prod", "--shard-size", "1"));
        expect(output).to.include("prod-2: has prod-b from prod; nothing changed on a cluster");
        expect(output).to.match(/^prod-1 +1 +done +\d+ s +nothing$/m);
        expect(output).to.match(/^prod-2 +1 +done +\d+ s +nothing$/m);
        expect(await versions()).to.deep.equal(before);
        expect([clustersOf("prod-1"), clustersOf("prod-2")]).to.deep.equal([["prod"], ["prod-b"]]);
        expect((await onShard("prod-1", "preview", "--expect-no-changes")).output).not.to.include("error:");
        expectOk(await onShard("prod-2", "preview", "--refresh", "--expect-no-changes"));
    });

    it("is refused as one stack, with the command to run", async () => {
        const { ok, output } = await pulumi("prod", "preview");
        expect(ok).to.equal(false);
        expect(output).to.match(/the clusters of prod are in the shards prod-1, prod-2, .*npm run fleet -- up prod/);
    });

    it("moves a cluster by the lists and `npm run fleet` alone: no plain run removes it, or registers it again", async () => {
        const before = await versions();
        const lists = (first: string[], second: string[]) => {
            writeClusters("prod-1", first);
            writeClusters("prod-2", second);
        };
        lists([], ["prod", "prod-b"]);
        const from = await onShard("prod-1", "preview");
        expect(from.ok).to.equal(false);
        expect(from.output).to.match(/lacks prod, which is in the state of this stack and would be removed/);
        const to = await onShard("prod-2", "preview");
        expect(to.ok).to.equal(false);
        expect(to.output).to.match(/clusters\.prod: .* it would be registered a second time/);
        for (const [first, second] of [[[], ["prod", "prod-b"]], [["prod"], ["prod-b"]]] as [string[], string[]][]) {
            lists(first, second);
            expectOk(await fleet("up", "prod"));
            expect(await versions()).to.deep.equal(before);
        }
    });

    it("is refused from a checkout without the shards' stack files", async () => {
        const files = ["prod-1", "prod-2"].map((stack) => path.join(projectDir, `Pulumi.${stack}.yaml`));
        const texts = files.map((each) => fs.readFileSync(each, "utf8"));
        files.forEach((each) => fs.rmSync(each));
        try {
            const plain = await pulumi("prod", "preview");
            expect(plain.ok).to.equal(false);
            expect(plain.output).to.match(/clusters\.prod-b: .* this checkout lacks the stack files of its shards/);
            const whole = await fleet("up", "prod");
            expect(whole.ok).to.equal(false);
            expect(whole.output).to.include("the state of prod-1 has prod; that of prod-2 has prod-b. Get Pulumi.prod-1.yaml");
        } finally {
            files.forEach((each, index) => fs.writeFileSync(each, texts[index] ?? ""));
        }
    });

    it("gets a promotion on the clusters of all shards, and the one stack file has the pins", async () => {
        const revision = await push({ "helm/values.yaml": (text) => text.replace(/^( {2}tag: )"[^"]*"/m, '$1"3.0.0"') });
        await waitForState("staging", { sync: "Synced", health: "Healthy", revision });
        await waitForSoak();
        expectOk(await npmRun("promote", pulumiEnvironment(), "--from", "staging", "--to", "prod"));
        for (const name of ["prod", "prod-b"]) {
            expect(settingsOfClusters()[name], name).to.include({ revision });
            await waitForState(name, { sync: "Synced", health: "Healthy", revision });
        }
        for (const stack of ["prod-1", "prod-2"]) {
            expectOk(await onShard(stack, "preview", "--expect-no-changes"));
        }
        await destroyProtected("staging");
    });

    it("goes on with all shards while a dead cluster of one is in quarantine", async () => {
        await stopApiServer("dr");
        const quarantine = (...more: string[]) => npmRun("quarantine", pulumiEnvironment(), "prod", "--cluster", "prod-b", ...more);
        expectOk(await quarantine());
        expect(settingsOfClusters()["prod-b"]).to.include({ quarantined: true });
        expect(expectOk(await fleet("up", "prod"))).to.match(/^prod-2 +1 +done +\d+ s +nothing$/m);
        await startApiServer("dr");
        expectOk(await quarantine("--lift"));
        await waitForApplications(["agent-prod", "agent-prod-b"]);
    });

    it("gets a new cluster while another shard is broken, says the error of that, and goes on with it later", async () => {
        join("prod-c", "staging");
        await stopApiServer("dr");
        const { ok, output } = await fleet("up", "prod", "--shard-size", "2");
        expect(ok, output).to.equal(false);
        expect(output).to.match(/^prod-1 +2 +done +\d+ s +\d+ new/m);
        expect(output).to.match(/^prod-2 +1 +failed/m);
        expect(output).to.match(/^prod-2: .*hubspoke:clusters\.prod-b: the API server https:\S+ cannot be reached/ms);
        expect(output).to.include("1 of 2 shards are not done");
        await startApiServer("dr");
        const again = expectOk(await fleet("up", "prod"));
        expect(again).to.match(/^prod-2 +1 +done +\d+ s +nothing$/m);
        await waitForApplications(["agent-prod", "agent-prod-b", "agent-prod-c"]);
    });

    it("rotates its tokens shard by shard, and the one stack file has their generations", async () => {
        expectOk(await fleet("rotate", "prod"));
        for (const name of ["prod", "prod-b", "prod-c"]) {
            expect(settingsOfClusters()[name]?.credentials, name).to.deep.equal({ generation: 2, retired: 1 });
        }
    });

    it("comes back into one stack, and nothing changes on a cluster", async () => {
        const before = await versions();
        expectOk(await fleet("join", "prod"));
        expect(await versions()).to.deep.equal(before);
        expectOk(await pulumi("prod", "preview", "--refresh", "--expect-no-changes"));
        expect(fs.readdirSync(projectDir)).not.to.include.members(["Pulumi.prod-1.yaml", "Pulumi.prod-2.yaml"]);
    });

    it("forgets a lost cluster, and its shard goes on with the others", async () => {
        expectOk(await fleet("up", "prod", "--shard-size", "2"));
        expect(clustersOf("prod-1")).to.deep.equal(["prod", "prod-b"]);
        await stopApiServer("dr");
        const forgotten = expectOk(await npmRun("forget", pulumiEnvironment(), "prod", "--cluster", "prod-b", "--yes"));
        expect(forgotten).to.include("prod-1: remove clusters.prod-b from Pulumi.prod.yaml before the next `up`");
        await startApiServer("dr");
        const command = /Remove them there: kubectl (.*)/.exec(forgotten)?.[1] ?? "";
        await kubectl("dr", command.replace("--context dr ", "").split(" "));
        const { prod, "prod-c": third } = settingsOfClusters();
        changeInLab("prod", (config) => ({ ...config, "hubspoke:clusters": { prod, "prod-c": third } }));
        expectOk(await fleet("up", "prod"));
        expect([clustersOf("prod-1"), clustersOf("prod-2")]).to.deep.equal([["prod"], ["prod-c"]]);
        expectOk(await fleet("join", "prod"));
        join("prod-b", "dr");
    });

    it("is destroyed shard by shard, and nothing is left of it", async () => {
        changeInLab("prod", (config) => ({ ...config, "hubspoke:protect": false }));
        expectOk(await fleet("up", "prod", "--shard-size", "1"));
        expectOk(await fleet("destroy", "prod", "--yes"));
        const secrets = await kubectl("hub", ["get", "secrets", "--namespace", "argocd", "--output=name"]);
        expect(secrets).not.to.include("secret/cluster-prod");
        const namespaces = await kubectl("dr", ["get", "namespaces", "--output=name"]);
        expect(namespaces).not.to.match(/agent|argocd-manager/);
        expectOk(await fleet("join", "prod"));
    });
});
