import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { agentRepository, logIn, startArgoCd, startGitServer, stopGitServer } from "../../lab/argocd";
import { applyByHand } from "../../lab/apply";
import { startApiServer, startClusters, stopApiServer } from "../../lab/clusters";
import { removeCluster } from "../../lab/clusters/stop";
import { prepareLab, restoreLab } from "../../lab/drill/lab";
import { People } from "../../lab/drill/people";
import { dnsServer, startReceiver, stopReceiver } from "../../lab/drill/receiver";
import { allowed, forgetMoves, latestMove, waitForSeries, waitForUsersOn } from "../../lab/drill/stage";
import { kubectl } from "../../lab/kubectl";
import {
    clusterOfUsers,
    installDnsEndpoints,
    type MonitoringPorts,
    startAgent,
    startMonitoring,
    stopAgent,
    stopMonitoring,
} from "../../lab/monitoring";
import { labDir } from "../../lab/paths";
import { run as runCommand, waitFor } from "../../lab/processes";
import { startSimulation } from "../../lab/simulation";
import { backendDir } from "../../lab/stacks/environment";
import { changeInLab, readInLab, stackNames } from "../../lab/stacks/project";
import { adminPassword } from "../../lab/stacks/pulumi";
import { script } from "../../lab/stacks/scripts";
import { waitForApplications, waitForConnections } from "../../lab/waiting";
import { applicationOf, runs } from "./support/delivery";
import { type Config, getObject, type Outcome, pulumiOk, pulumiWithConfig, transcript } from "./support/lab";

const everywhere = ["agent-dr", "agent-prod", "agent-staging"];
const quiet = () => undefined;

let ports: MonitoringPorts;

/** Runs one of the project's scripts on the lab. */
async function run(name: string, ...args: string[]): Promise<Outcome> {
    const outcome = await script(name, ...args);
    transcript.push(outcome.output);
    return outcome;
}

async function failover(...args: string[]): Promise<Outcome> {
    return run("failover", ...args, "--resolver", dnsServer(ports));
}

/** The cluster that the hub's stack file says users are on. */
function active(): string {
    return (readInLab("hub")["hubspoke:traffic"] as { active: string }).active;
}

/** Changes the moves on the hub's record. Returns what puts them back. */
async function changeRecord(change: (moves: string) => string): Promise<() => Promise<void>> {
    const { data } = await getObject("hub", "argocd", "configmap", "failover-record");
    const before = data?.["moves.json"] ?? "";
    const write = async (moves: string) => {
        const patch = JSON.stringify({ data: { "moves.json": moves } });
        await kubectl("hub", ["patch", "configmap", "failover-record", "--namespace=argocd", "--type=merge", `--patch=${patch}`]);
    };
    await write(change(before));
    return () => write(before);
}

/** Nothing has moved: neither the name, nor what the stack file says. */
async function expectUsersOn(cluster: string): Promise<void> {
    expect(await clusterOfUsers(ports)).to.equal(cluster);
    expect(active()).to.equal(cluster);
}

/** Runs `work` while the settings have a hook for the database: a script for Node. */
async function withHook<T>(source: string, work: () => Promise<T>): Promise<T> {
    const set = (hooks: object | undefined) =>
        changeInLab("hub", (config) => ({
            ...config,
            "hubspoke:traffic": { ...(config["hubspoke:traffic"] as Config), hooks },
        }));
    set({ database: [process.execPath, "--eval", source] });
    try {
        return await work();
    } finally {
        set(undefined);
    }
}

/** Changes settings of the hub in its stack file; what comes back puts them as they were. */
function changeHub(change: (config: Config) => Config): () => void {
    const before = readInLab("hub");
    changeInLab("hub", change);
    return () => void changeInLab("hub", () => before);
}

/** Locks the hub's stack, as a run on another machine does. */
function lockHub(): () => void {
    const folder = path.join(backendDir, ".pulumi/locks/organization/hubspoke/hub");
    const file = path.join(folder, "another.json");
    const holder = { pid: 1, username: "somebody", hostname: "another-machine", timestamp: new Date().toISOString() };
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(file, JSON.stringify(holder));
    return () => fs.rmSync(file);
}

async function git(...args: string[]): Promise<void> {
    const { ok, output } = await runCommand("git", [`--git-dir=${agentRepository}`, ...args], {});
    expect(ok, output).to.equal(true);
}

/** Identity of what runs on each spoke. */
async function workloads(): Promise<string[]> {
    const clusters = ["staging", "prod", "dr"] as const;
    return Promise.all(
        clusters.map(async (cluster) => {
            const uids = "--output=jsonpath={.items[*].metadata.uid}";
            const pods = await kubectl(cluster, ["get", "pods", "--namespace=agent", uids]);
            const { uid } = (await getObject(cluster, "agent", "deployment", "agent")).metadata;
            return `${cluster} ${uid} ${pods.split(" ").sort().join(" ")}`;
        }),
    );
}

describe("a failover", () => {
    let wasUpToDate: boolean;

    before(async () => {
        wasUpToDate = await prepareLab(quiet);
        ports = await startMonitoring(quiet);
        await waitForUsersOn("prod", ports);
    });

    after(async () => {
        await stopMonitoring();
        await restoreLab(wasUpToDate, quiet);
    });

    it("prints with --dry-run what it would do, and does nothing", async () => {
        const { ok, output } = await failover("--to", "dr", "--dry-run");
        expect(ok, output).to.equal(true);
        expect(output).to.match(/Argo CD is connected to dr\n[^]* points to 192\.0\.2\.2\. Nothing was changed/);
        expect(output).to.match(/set hubspoke:traffic\.active to dr/);
        await expectUsersOn("prod");
    });

    it("is refused with the reason if the other cluster does not serve users", async () => {
        await stopAgent("dr");
        try {
            const { ok, output } = await failover("--to", "dr");
            expect(ok, output).to.equal(false);
            expect(output).to.match(/users stay on prod:\n {2}the agent on dr does not serve users: http/);
        } finally {
            await startAgent("dr");
        }
        await expectUsersOn("prod");
    });

    it("whose hook for the database fails moves nothing, and says why", async () => {
        await withHook('console.log("the replica in dr is behind"); process.exit(3)', async () => {
            const { ok, output } = await failover("--to", "dr");
            expect(ok, output).to.equal(false);
            expect(output).to.match(/traffic\.hooks\.database failed, so users stay on prod: /);
            expect(output).to.include("the replica in dr is behind");
            await expectUsersOn("prod");
        });
        expect(await latestMove()).to.include({ from: "prod", to: "dr", state: "begun" });
    });

    const refusals: [name: string, stage: () => () => void, reason: RegExp][] = [
        ["while another run holds the hub's stack", lockHub, /the hub's stack cannot be brought up now: [^]*currently locked/],
        [
            "where a check of the preview refuses it",
            () => changeHub((config) => ({
                ...config,
                "hubspoke:traffic": { ...(config["hubspoke:traffic"] as Config), names: { dr: "dr.example.org" } },
            })),
            /hubspoke:traffic\.names\.dr: the agent's name on dr is/,
        ],
    ];
    for (const [name, stage, reason] of refusals) {
        it(`is refused ${name}, before the hook for the database runs`, async () => {
            await forgetMoves();
            const note = path.join(labDir, "hook-too-early");
            fs.rmSync(note, { force: true });
            await withHook(`require("node:fs").writeFileSync(${JSON.stringify(note)}, "")`, async () => {
                const restore = stage();
                try {
                    for (const more of [[], ["--dry-run"]]) {
                        const { ok, output } = await failover("--to", "dr", ...more);
                        expect(ok, output).to.equal(false);
                        expect(output).to.match(reason);
                    }
                } finally {
                    restore();
                }
            });
            expect(fs.existsSync(note)).to.equal(false);
            expect(await latestMove()).to.equal(undefined);
            await expectUsersOn("prod");
        });
    }

    it("is allowed to a cluster that is Healthy at its last revision while Git is unavailable, and says so", async () => {
        const { revision } = await runs("dr");
        await git("tag", "--force", "last-release", revision);
        const pin = async (to: string) => {
            await kubectl("hub", ["annotate", "secret", "cluster-dr", "--namespace=argocd", "--overwrite", `revision=${to}`]);
            await waitFor(
                `agent-dr to be Synced at ${to}`,
                async () => {
                    const { spec, status } = await applicationOf("dr");
                    const seen = `${spec.source.targetRevision} ${status.sync.status} ${status.sync.revision}`;
                    return seen === `${to} Synced ${revision}` ? { done: true } : { seen };
                },
                { timeoutMs: 120_000, intervalMs: 500 },
            );
        };
        await pin("last-release");
        await stopGitServer();
        try {
            const { ok, output } = await failover("--to", "dr", "--dry-run");
            expect(ok, output).to.equal(true);
            expect(output).to.include("Argo CD is connected to dr");
            expect(output).to.match(/Git did not answer, so agent-dr was checked at its last known revision/);
        } finally {
            await startGitServer();
            await pin(revision);
            await git("tag", "--delete", "last-release");
        }
    });

    it("takes the lock of a dead run, independent of that run's clock, and does not take one in use", async () => {
        const lease = { namespace: "argocd", name: "hubspoke-failover" };
        const spec = { holderIdentity: "a run", leaseDurationSeconds: 4, renewTime: "2100-01-01T00:00:00.000000Z" };
        await applyByHand("hub", [{ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: lease, spec }]);
        const touch = () => {
            const patch = JSON.stringify({ spec: { acquireTime: new Date().toISOString().replace("Z", "000Z") } });
            return kubectl("hub", ["patch", "lease", lease.name, "--namespace=argocd", "--type=merge", `--patch=${patch}`]);
        };
        const timer = setInterval(() => void touch(), 1_000);
        const used = await failover("--to", "dr", "--dry-run");
        clearInterval(timer);
        expect(used.ok, used.output).to.equal(false);
        expect(used.output).to.match(/Checking for up to 4 s[^]*another run is moving users: a run/);
        const { ok, output } = await failover("--to", "dr", "--dry-run");
        expect(ok, output).to.equal(true);
        expect(output).to.match(/the run that held the lock is dead: it did not renew it for \d+ s/);
        await kubectl("hub", ["delete", "lease", lease.name, "--namespace=argocd"]);
    });

    it("does not start automatically if only the hub has lost prod, nor if prod's agent flaps", async () => {
        const people = new People();
        await people.listen(ports.people);
        await forgetMoves();
        await startReceiver("dr");
        const begin = Date.now();
        const told = (status: "firing" | "resolved", alertname: string, since: number) =>
            people.wait(status, { alertname, cluster: "prod" }, { since, timeoutMs: 60_000 });
        try {
            // Its API server answers nobody; its agent answers users.
            await stopApiServer("prod");
            const { at } = await told("firing", "ClusterUnreachable", begin);
            const { automaticAfter, interval } = allowed();
            const due = at + (automaticAfter + 2 * interval) * 1000;
            const outside = 'probe_success{cluster="prod", probe="agent", vantage="outside"}';
            for (let flap = 0; flap < 2 || Date.now() < due; flap++) {
                await stopAgent("prod");
                await waitForSeries("the outside probe to fail", `${outside} == 0`, ports);
                await startAgent("prod");
                await waitForSeries("the outside probe to succeed", `${outside} == 1`, ports);
            }
            expect(await latestMove()).to.equal(undefined);
            await expectUsersOn("prod");
        } finally {
            await startAgent("prod");
            await startApiServer("prod");
            await stopReceiver();
            people.close();
        }
        await waitForApplications(everywhere);
    });

    it("requested twice happens once, after the hook, although the hub's API server restarts meanwhile", async () => {
        const note = path.join(labDir, "hook");
        const hook = `
            const { HUBSPOKE_FROM: from, HUBSPOKE_TO: to, HUBSPOKE_REASON: why, PULUMI_OPTION_CWD: folder } = process.env;
            const fs = require("node:fs");
            setTimeout(() => {
                const [active] = /active: \\w+/.exec(fs.readFileSync(folder + "/Pulumi.hub.yaml", "utf8"));
                fs.appendFileSync(${JSON.stringify(note)}, [from, to, why, active].join(", ") + "\\n");
            }, 4_000);`;
        const outcomes = await withHook(hook, async () => {
            const both = Promise.all([1, 2].map(() => failover("--to", "dr", "--reason", "a lab test")));
            await waitFor(
                "the hook to run",
                async () => {
                    const move = await latestMove();
                    return move?.state === "begun" ? { done: true } : { seen: JSON.stringify(move ?? "no move") };
                },
                { timeoutMs: 180_000, intervalMs: 50 },
            );
            await stopApiServer("hub");
            await startApiServer("hub");
            return both;
        });
        const said = outcomes.map(({ output }) => output).join("\n---\n");
        expect(outcomes.filter(({ ok }) => ok), said).to.have.length(1);
        expect(outcomes.find(({ ok }) => !ok)?.output).to.match(/another run is moving|users are already on dr/);
        expect(fs.readFileSync(note, "utf8")).to.equal("prod, dr, a lab test, active: prod\n");
        await expectUsersOn("dr");
        const events = await kubectl("hub", ["get", "events", "--namespace=argocd"]);
        expect(events).to.match(/FailoverDone .*prod to dr, done .*a lab test/);
    });

    it("is not undone by an `up` from a checkout that lacks it, unless a person means it", async () => {
        const from = (more: object) => (config: Config) => ({
            ...config,
            "hubspoke:traffic": { ...(config["hubspoke:traffic"] as Config), active: "prod", ...more },
        });
        const { ok, output } = await pulumiWithConfig(from({}), "hub", "up", "--yes", "--skip-preview");
        expect(ok, output).to.equal(false);
        expect(output).to.match(/hubspoke:traffic\.active: is prod, but the hub's last move of users went to dr/);
        await expectUsersOn("dr");
        // As where the run was killed after it had changed the name, before it said so.
        const restore = await changeRecord((moves) => moves.replace('"state": "done"', '"state": "begun"'));
        expect(await latestMove()).to.include({ to: "dr", state: "begun" });
        const half = await pulumiWithConfig(from({}), "hub", "up", "--yes", "--skip-preview");
        await restore();
        expect(half.output).to.match(/hubspoke:traffic\.active: is prod, but the hub's last move of users went to dr/);
        await expectUsersOn("dr");
        const [, acknowledge] = /`traffic\.acknowledge: (m[0-9a-f]{7})`/.exec(output) ?? [];
        const meant = await pulumiWithConfig(from({ acknowledge }), "hub", "preview");
        expect(meant.ok, meant.output).to.equal(true);
    });

    it("stays when the hub is lost, like the rest; npm run rebuild restores it", async () => {
        const before = await workloads();
        await removeCluster("hub");
        expect(await workloads()).to.deep.equal(before);
        await expectUsersOn("dr");

        await startClusters(quiet);
        await startSimulation(quiet);
        await installDnsEndpoints();
        const begin = Date.now();
        const rebuilt = run("rebuild");
        // In a cluster Argo CD's pods would start; here its processes are started when their objects are there.
        const argoCd = waitFor("Argo CD on the new hub", async () => ({ done: await startArgoCd(quiet) }), {
            timeoutMs: 240_000,
            intervalMs: 1000,
        });
        const [{ ok, output }] = await Promise.all([rebuilt, argoCd]);
        expect(ok, output).to.equal(true);
        process.stdout.write(`${output}\n      the hub's rebuild: ${((Date.now() - begin) / 1000).toFixed(0)} s\n`);
        await logIn(adminPassword);
        await waitForApplications(everywhere);
        await waitForConnections(everywhere);
        expect(await workloads()).to.deep.equal(before);
        const endpoint = await kubectl("hub", ["get", "dnsendpoint", "agent", "--namespace=argocd", "--output=json"]);
        expect(endpoint).to.match(/"targets": \[\s*"agent\.dr\./);
        await Promise.all(stackNames.map((stack) => pulumiOk(stack, "preview", "--expect-no-changes")));
    });

    it("goes back on request", async () => {
        ports = await startMonitoring(quiet);
        const forgotten = await failover("--back");
        expect(forgotten.output).to.match(/users are on dr, and no move to dr is recorded\. Name the target with --to/);
        const { ok, output } = await failover("--to", "prod", "--reason", "a lab test");
        expect(ok, output).to.equal(true);
        await expectUsersOn("prod");
    });
});
