import { expect } from "chai";
import * as fs from "node:fs";
import { parse } from "yaml";
import { agentRepository, readClusters, startArgoCd } from "../../lab/argocd";
import { shardFacts } from "../../lab/bench/fleet/cachedObjects";
import { release } from "../../lab/bench/delivery/releases";
import { askFleet, fleetServer } from "../../lab/fleet/api";
import { startDeployments } from "../../lab/fleet/deployments";
import { fleetNames } from "../../lab/fleet/names";
import { apiServerProcess } from "../../lab/fleet/processes";
import { fleetApplications } from "../../lab/fleet/stacks";
import { startFleet } from "../../lab/fleet/start";
import { kubectl } from "../../lab/kubectl";
import { kubeconfigPath } from "../../lab/paths";
import { findProcess, listProcesses, stopProcess } from "../../lab/processes";
import { argoCdSession } from "../../lab/session";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { changeInLab, readInLab } from "../../lab/stacks/project";
import { waitForRevision, waitForSoak } from "../../lab/waiting";
import { push, runs, waitForState } from "./support/delivery";
import { type Config, getObject, npmRun } from "./support/lab";

const names = fleetNames(10);
const applications = fleetApplications(names);
const values = "helm/values-fleet.yaml";

interface Kubeconfig {
    readonly clusters: readonly { readonly name: string; readonly cluster: Record<string, string> }[];
}

const inKubeconfig = () => {
    const { clusters } = parse(fs.readFileSync(kubeconfigPath, "utf8")) as Kubeconfig;
    return clusters.filter(({ name }) => name.startsWith("spoke-"));
};

async function lab(clusters: number): Promise<string> {
    const { ok, output } = await npmRun("lab", {}, "--clusters", String(clusters));
    expect(ok, output).to.equal(true);
    return output;
}

async function registered(): Promise<string[]> {
    const clusters = await readClusters(await argoCdSession());
    return clusters.map(({ name }) => name).filter((name) => name.startsWith("spoke-"));
}

const promotion = ["--from", "staging", "--to", "fleet"];

/** Divides the fleet into three shards, pins its clusters to what they run, and gives it three rings. */
async function pinFleet(): Promise<void> {
    const revision = (await runs("spoke-001")).revision;
    const registered = readInLab("fleet")["hubspoke:clusters"] as Record<string, Config>;
    const clusters = Object.entries(registered).map(([name, settings]) => {
        const labels = { ...(settings.labels as object), ...(name === "spoke-001" && { canary: "true" }) };
        return [name, { ...settings, labels, revision }] as const;
    });
    changeInLab("fleet", (config) => ({
        ...config,
        "hubspoke:clusters": Object.fromEntries(clusters),
        "hubspoke:rollout": {
            rings: [
                { clusters: { labels: { canary: "true" } }, soak: "2s" },
                { percent: 50, soak: "2s" },
                { percent: 100, soak: "2s" },
            ],
        },
    }));
    const { ok, output } = await npmRun("fleet", pulumiEnvironment(), "up", "fleet", "--shard-size", "4");
    expect(ok, output).to.equal(true);
    expect(output).to.match(/^fleet-3 +2 +done/m);
}

async function pinOf(cluster: string): Promise<string | undefined> {
    return (await getObject("hub", "argocd", "secret", `cluster-${cluster}`)).metadata.annotations?.revision;
}

/** Pushes a release, which staging follows, and waits until staging has proved it. */
async function provedOnStaging(): Promise<string> {
    const tagged = (text: string) => text.replace(/^( {2}tag: )"[^"]*"/m, '$1"ring-release"');
    const revision = await push({ "helm/values.yaml": tagged });
    await waitForState("staging", { sync: "Synced", health: "Healthy", revision });
    await waitForSoak();
    return revision;
}

describe("an environment of ten clusters", () => {
    it("is registered by the program and gets the agent; status tells of it in one line", async () => {
        const output = await lab(10);
        expect(output).to.include("10 lean control planes, spoke-001 to spoke-010: 10 run");
        expect(output).to.include("10 of 10 Applications Synced and Healthy");
        expect(output).not.to.include("agent-spoke-001");
        expect(await registered()).to.deep.equal(names);
    });

    it("has clusters with an address, an authority and tokens of their own", async () => {
        const clusters = inKubeconfig();
        for (const key of ["server", "certificate-authority-data"]) {
            expect(new Set(clusters.map(({ cluster }) => cluster[key])).size, key).to.equal(names.length);
        }
        const [one, other] = [fleetServer("spoke-001"), fleetServer("spoke-002")];
        const token = (await kubectl("spoke-001", ["create", "token", "default", "--namespace=default"])).trim();
        const ask = (server: typeof one) => askFleet({ ...server, token }, "GET", "/apis");
        expect((await ask(one)).status).to.equal(200);
        expect((await ask(other)).status).to.equal(401);
    });

    it("needs no change afterwards", async () => {
        const output = await lab(10);
        expect(output).to.include("The lab is already up.");
    });

    it("is divided among the shards of the controller: each cluster has one, and a release reaches all", async () => {
        await startArgoCd(() => undefined, 3);
        try {
            await release(agentRepository, applications, true, values);
            const shards = (await shardFacts(3, names)).map(({ servers }) => servers);
            expect(shards.every((servers) => servers.length > 0), JSON.stringify(shards)).to.equal(true);
            expect(new Set(shards.flat()).size).to.equal(shards.flat().length);
        } finally {
            await startArgoCd(() => undefined);
        }
    });

    it("gets a release on the nine other clusters while one is dead, and on that one when it is back", async () => {
        await stopProcess(apiServerProcess("spoke-004"), { graceMs: 0 });
        await release(agentRepository, applications.filter((name) => name !== "agent-spoke-004"), true, values);
        await lab(10);
        await waitForRevision(applications);
    });

    it("takes a release in rings over its shards: back from a broken cluster, and on without a dead one", async () => {
        const [broken, dead] = ["spoke-003", "spoke-005"] as const;
        const living = applications.filter((name) => name !== `agent-${dead}`);
        const fleetBefore = readInLab("fleet");
        await pinFleet();
        const [before, revision] = [await pinOf("spoke-001"), await provedOnStaging()];
        await stopProcess(apiServerProcess(dead), { graceMs: 0 });

        await startDeployments(names.filter((name) => name !== broken));
        const failed = await npmRun("promote", pulumiEnvironment(), ...promotion, "--timeout", "40s");
        expect(failed.ok, failed.output).to.equal(false);
        expect(failed.output).to.match(/ring \d of 3 failed: 1 of its clusters failed, and 0 may fail:\s+spoke-003: /);
        expect(failed.output).to.include(dead);
        await startDeployments(names);
        await waitForRevision(living, before);
        for (const name of names) {
            expect(await pinOf(name), name).to.equal(before);
        }

        // The way back has replaced it.
        const done = await npmRun("promote", pulumiEnvironment(), ...promotion, "--allow-superseded");
        expect(done.ok, done.output).to.equal(true);
        expect(done.output).to.include("is done: 9 of 10 clusters have it");
        expect(done.output).to.include("skipped spoke-005: it does not answer");
        await waitForRevision(living, revision);
        await startFleet(names.length, () => undefined);
        const rest = await npmRun("promote", pulumiEnvironment(), ...promotion);
        expect(rest.ok, rest.output).to.equal(true);
        await waitForRevision(applications, revision);

        changeInLab("fleet", () => fleetBefore);
    });

    it("becomes smaller: the surplus clusters leave the hub before they end", async () => {
        await lab(8);
        expect(await registered()).to.deep.equal(fleetNames(8));
        expect(inKubeconfig()).to.have.length(8);
        expect(findProcess(apiServerProcess("spoke-009"))).to.equal(undefined);
        expect(listProcesses().filter(({ alive }) => !alive).map(({ name }) => name)).to.deep.equal([]);
    });

    it("ends with --clusters 0, and the lab is as before", async () => {
        const output = await lab(0);
        expect(output).not.to.include("lean control planes,");
        expect(await registered()).to.deep.equal([]);
        expect(inKubeconfig()).to.deep.equal([]);
        expect(listProcesses().filter(({ name }) => /^(spoke|fleet)-/.test(name))).to.deep.equal([]);
    });

    it("is refused where the machine's memory does not hold it, before anything starts", async () => {
        const { ok, output } = await npmRun("lab", {}, "--clusters", "999");
        expect(ok).to.equal(false);
        expect(output).to.match(/--clusters: 999 more control planes need about .* GB.*Write at most \d+ more/);
    });
});
