import { expect } from "chai";
import * as fs from "node:fs";
import { parse } from "yaml";
import { agentRepository, readClusters, startArgoCd } from "../../lab/argocd";
import { shardFacts } from "../../lab/bench/fleet/cachedObjects";
import { release } from "../../lab/bench/delivery/releases";
import { askFleet, fleetServer } from "../../lab/fleet/api";
import { fleetNames } from "../../lab/fleet/names";
import { apiServerProcess } from "../../lab/fleet/processes";
import { fleetApplications } from "../../lab/fleet/stacks";
import { kubectl } from "../../lab/kubectl";
import { kubeconfigPath } from "../../lab/paths";
import { findProcess, listProcesses, stopProcess } from "../../lab/processes";
import { argoCdSession } from "../../lab/session";
import { waitForRevision } from "../../lab/waiting";
import { npmRun } from "./support/lab";

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
