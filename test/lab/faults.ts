import { expect } from "chai";
import { startArgoCd } from "../../lab/argocd";
import { apiServer } from "../../lab/clusters/api";
import { prepareLab, restoreLab } from "../../lab/drill/lab";
import { dnsServer } from "../../lab/drill/receiver";
import { waitForUsersOn } from "../../lab/drill/stage";
import { type MonitoringPorts, startMonitoring, stopMonitoring } from "../../lab/monitoring";
import { projectRoot } from "../../lab/paths";
import { type Look, run, stopProcess, waitFor } from "../../lab/processes";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { changeInLab, readInLab } from "../../lab/stacks/project";
import { waitForApplications, waitForSoak } from "../../lab/waiting";
import { kubeconfigWith } from "./support/changedKubeconfig";
import { push, waitForState } from "./support/delivery";
import { type Fault, faults } from "./support/faults";
import { changedCluster, getObject, type Outcome, pulumiWith, transcript } from "./support/lab";
import { standingOf } from "./support/standing";
import { type Network, openNetwork } from "./support/toxiproxy";

const quiet = () => undefined;
const healthy = { sync: "Synced", health: "Healthy" };

/** Limit of one command, in milliseconds: each ends by itself, with its own words, long before. */
const limitMs = 20 * 60_000;

/** What a command says that cannot reach the spoke at all. */
const unreachable = /hubspoke:clusters\.dr: the API server https:\S+ cannot be reached: /;

const refusedRotation = new RegExp(`${unreachable.source}[^]*Argo CD's tokens are still valid`);

/** What one says that loses some connections, at whatever request. */
const lossy =
    /cannot be reached|unreachable|no answer|ECONNRESET|socket hang up|disconnected|users stay on|waited \S+ s for/;

describe("a fault of the network between the hub and a spoke", function () {
    this.timeout("1h");
    let network: Network;
    let env: Record<string, string>;
    let ports: MonitoringPorts;
    let wasUpToDate: boolean;
    let releases = 0;

    before(async () => {
        wasUpToDate = await prepareLab(quiet);
        ports = await startMonitoring(quiet);
        await waitForUsersOn("prod", ports);
        network = await openNetwork(apiServer("dr").url);
        env = { ...pulumiEnvironment(), KUBECONFIG: kubeconfigWith("dr", { server: network.url }) };
        const { uid } = (await getObject("dr", "", "namespace", "kube-system")).metadata;
        changeInLab("dr", changedCluster("dr", (settings) => ({ ...settings, uid })));
        await up();
        await waitForApplications(["agent-dr"]);
    });

    after(async () => {
        await network.have([]);
        // Argo CD's controller would take the token that it had at the first URL then (earlierUrl.ts).
        await stopProcess("argocd-application-controller");
        await startArgoCd(quiet);
        env = pulumiEnvironment();
        await up();
        changeInLab("dr", changedCluster("dr", (settings) => ({ ...settings, uid: undefined })));
        await network.close();
        await stopMonitoring();
        await restoreLab(wasUpToDate, quiet);
    });

    afterEach(() => network.have([]));

    async function up(): Promise<void> {
        const { ok, output } = await pulumiWith(env, "dr", "up", "--yes", "--skip-preview");
        expect(ok, output).to.equal(true);
    }

    /** Runs one of the project's commands, and prints how long it took. */
    async function command(title: string, script: string, ...args: string[]): Promise<Outcome> {
        const began = Date.now();
        const { ok, output } = await run("npm", ["run", "--silent", script, "--", ...args], {
            cwd: projectRoot,
            env,
            timeoutMs: limitMs,
        });
        transcript.push(output);
        const seconds = ((Date.now() - began) / 1000).toFixed(0);
        process.stdout.write(`      ${title}: ${ok ? "done" : "ended with an error"} after ${seconds} s\n`);
        return { ok, output };
    }

    const promote = (title = "promotion", timeout = "5m", to = "dr") =>
        command(title, "promote", "--from", "staging", "--to", to, "--timeout", timeout);
    /** Users move to no cluster that never had what the other one runs. */
    const promoteProd = () => expectOk(promote("promotion to prod", "5m", "prod"));
    const rotate = (title = "rotation") => command(title, "rotate", "dr");
    const failover = (title: string, to: "prod" | "dr") =>
        command(title, "failover", "--to", to, "--resolver", dnsServer(ports), "--reason", title);

    /** Brings a release to staging, which is the neighbour that goes on. */
    async function release(): Promise<string> {
        const tag = `fault-${++releases}`;
        const revision = await push({
            "helm/values.yaml": (text) => text.replace(/^( {2}tag: )"[^"]*"/m, `$1"${tag}"`),
        });
        await waitForState("staging", { ...healthy, revision });
        await waitForSoak();
        return revision;
    }

    /** What an operation that is refused must leave as it is. */
    async function standing() {
        const secret = await getObject("hub", "argocd", "secret", "cluster-dr");
        const agent = await getObject("dr", "agent", "deployment", "agent");
        const { tokens } = await standingOf("dr");
        return {
            secret: secret.metadata.resourceVersion,
            agent: [agent.metadata.uid, agent.metadata.generation],
            tokens,
            settings: readInLab("dr"),
        };
    }

    /** Does what needs the spoke: it ends well or, by the fault, with a message and no change. */
    async function expectEnd({ outcome }: Fault, message: RegExp, work: () => Promise<Outcome>): Promise<boolean> {
        const before = await standing();
        const { ok, output } = await work();
        if (outcome !== "either") {
            expect(ok, output).to.equal(outcome === "works");
        }
        if (!ok) {
            expect(output).to.match(outcome === "either" ? lossy : message);
        }
        if (outcome === "refused") {
            expect(await standing()).to.deep.equal(before);
        }
        return ok;
    }

    async function recover(): Promise<string> {
        const { ok, output } = await command("recovery", "recover", "dr");
        expect(ok, output).to.equal(true);
        return output;
    }

    async function expectOk(work: Promise<Outcome>): Promise<void> {
        const { ok, output } = await work;
        expect(ok, output).to.equal(true);
    }

    async function expectOrder(): Promise<void> {
        const { pending, there, known, tokens } = await standingOf("dr");
        expect(pending).to.deep.equal([]);
        expect(there).to.deep.equal(known);
        expect(tokens).to.have.length(1);
        const { ok, output } = await pulumiWith(env, "dr", "preview", "--expect-no-changes");
        expect(ok, output).to.equal(true);
    }

    /** Waits until the hub has a cluster's pin, from which on Argo CD delivers. */
    async function waitForPin(revision: string): Promise<void> {
        await waitFor("the pin of dr to move", async (): Promise<Look<true>> => {
            const { annotations } = (await getObject("hub", "argocd", "secret", "cluster-dr")).metadata;
            return annotations?.revision === revision ? { done: true } : { seen: String(annotations?.revision) };
        }, { timeoutMs: limitMs, intervalMs: 50 });
    }

    for (const fault of faults) {
        describe(fault.name, () => {
            let promoted: boolean;
            let rotated: boolean;

            it("during a delivery: it ends, or goes on when the network is back", async () => {
                const revision = await release();
                const running = promote("delivery", fault.outcome === "refused" ? "60s" : "5m");
                await Promise.race([waitForPin(revision), running]);
                await network.have(fault.toxics);
                const { ok, output } = await running;
                if (fault.outcome === "works") {
                    expect(ok, output).to.equal(true);
                }
                if (!ok) {
                    expect(output).to.match(/agent on dr (to be Synced and Healthy|does not become healthy) at/);
                }
                await network.have([]);
                await waitForApplications(["agent-dr"]);
                await waitForState("dr", { ...healthy, revision });
                await expectOk(promote("promotion again"));
                await promoteProd();
            });

            it("from the start of a promotion: that ends, and the neighbours get their releases", async () => {
                await network.have(fault.toxics);
                await release();
                promoted = await expectEnd(fault, unreachable, () => promote());
            });

            it("from the start of a rotation: that ends, with a token that is valid", async () => {
                await network.have(fault.toxics);
                rotated = await expectEnd(fault, refusedRotation, () => rotate());
            });

            it("at the target of a failover: users move, or stay where they are", async () => {
                await network.have(fault.toxics);
                const reason = /users stay on prod:\n {2}dr does not answer, so its capacity is unknown/;
                const moved = await expectEnd(fault, reason, () => failover("failover to dr", "dr"));
                await network.have([]);
                if (!moved) {
                    await waitForUsersOn("prod", ports);
                    await waitForApplications(["agent-dr"]);
                    await expectOk(failover("failover to dr again", "dr"));
                }
                await waitForUsersOn("dr", ports);
            });

            it("at the cluster that users leave: they move", async () => {
                if (promoted) {
                    await promoteProd();
                }
                await network.have(fault.toxics);
                await expectOk(failover("failover from dr", "prod"));
                await waitForUsersOn("prod", ports);
            });

            it("that has ended: the same commands end well, and all is in order", async () => {
                if (fault.outcome === "either") {
                    await recover();
                }
                if (!promoted) {
                    await expectOk(promote("promotion again"));
                }
                if (!rotated) {
                    await expectOk(rotate("rotation again"));
                }
                await expectOrder();
            });
        });
    }
});
