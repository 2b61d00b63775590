import { expect } from "chai";
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { prepareLab, restoreLab } from "../../lab/drill/lab";
import { dnsServer } from "../../lab/drill/receiver";
import { latestMove, waitForUsersOn } from "../../lab/drill/stage";
import { type MonitoringPorts, startMonitoring, stopMonitoring } from "../../lab/monitoring";
import { projectRoot } from "../../lab/paths";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { readInLab, type StackName } from "../../lab/stacks/project";
import { table } from "../../lab/tables";
import { waitForApplications, waitForSoak } from "../../lab/waiting";
import { buildLimitMs } from "./support/buildLimit";
import { push, waitForState } from "./support/delivery";
import { interruptTree, killTree } from "./support/killing";
import { type Config, getObject, namesOf, npmRun, pulumi, transcript } from "./support/lab";
import { standingOf } from "./support/standing";

/** Runs that are ended at a moment by chance. */
const runsToEnd = 50;

const signals = { SIGKILL: killTree, "^C": interruptTree };
type Signal = keyof typeof signals;

/** A command that changes the fleet, and how it is finished after an interruption. */
interface Job {
    readonly what: string;
    readonly stack: StackName;
    /** The command and its arguments. */
    readonly command: readonly string[];
    /** Gives the command something to do. */
    readonly prepare?: () => Promise<void>;
    /** What `npm run recover` ends with; without it the same command runs again. */
    readonly next?: "up" | "destroy";
    /** What stands when it has ended. */
    readonly check: () => Promise<void>;
}

describe("commands that are ended at a moment by chance", () => {
    const seconds = new Map<string, number>();
    const outcomes: string[][] = [];
    let wasUpToDate: boolean;
    let ports: MonitoringPorts;
    let release = 0;
    let revision = "";

    before(async function () {
        this.timeout(buildLimitMs);
        wasUpToDate = await prepareLab(() => undefined);
        ports = await startMonitoring(() => undefined);
        await waitForUsersOn("prod", ports);
    });

    after(async () => {
        process.stdout.write(`${table(["ended", "by", "after s", "repaired in s"], outcomes)}\n`);
        await stopMonitoring();
        await restoreLab(wasUpToDate, () => undefined);
    });

    const pulumiOn = (command: string) =>
        ["pulumi", command, "--yes", "--skip-preview", "--non-interactive", "--stack", "staging"];
    const npm = (script: string, ...args: string[]) => ["npm", "run", "--silent", script, "--", ...args];

    /** Nothing is pending, orphaned or taken over. */
    async function expectOrder(stack: Exclude<StackName, "hub">, tokens: number): Promise<void> {
        const standing = await standingOf(stack);
        expect(standing.pending).to.deep.equal([]);
        expect(standing.there).to.deep.equal(standing.known);
        expect(standing.tokens).to.have.length(tokens);
    }

    async function expectNoChanges(stack: StackName): Promise<void> {
        const { ok, output } = await pulumi(stack, "preview", "--expect-no-changes");
        expect(ok, output).to.equal(true);
    }

    async function expectRegistered(): Promise<void> {
        await expectOrder("staging", 1);
        await expectNoChanges("staging");
        await waitForApplications(["agent-staging"]);
    }

    async function expectQuarantined(quarantined: boolean): Promise<void> {
        const { staging } = readInLab("staging")["hubspoke:clusters"] as Record<string, Config>;
        expect(staging?.quarantined).to.equal(quarantined ? true : undefined);
        const { metadata } = await getObject("hub", "argocd", "secret", "cluster-staging");
        expect("argocd.argoproj.io/skip-reconcile" in (metadata.annotations ?? {})).to.equal(quarantined);
        await expectOrder("staging", 1);
        await expectNoChanges("staging");
    }

    const promotionTo = (stack: "prod" | "dr"): Job => ({
        what: `promote to ${stack}`, stack,
        command: npm("promote", "--from", "staging", "--to", stack, "--timeout", "180s"),
        check: async () => {
            await waitForState(stack, { sync: "Synced", health: "Healthy", revision });
            await expectOrder(stack, 1);
            await expectNoChanges(stack);
        },
    });

    async function expectMoved(cluster: string): Promise<void> {
        await waitForUsersOn(cluster, ports);
        expect(await latestMove()).to.include({ to: cluster, state: "done" });
        await expectNoChanges("hub");
    }

    /** In this order: each begins where the one before has ended, and the last where the first begins. */
    const jobs: readonly Job[] = [
        {
            what: "destroy", stack: "staging", command: pulumiOn("destroy"), next: "destroy",
            check: async () => {
                await expectOrder("staging", 0);
                expect(await namesOf("hub", "argocd", "secrets")).not.to.include("cluster-staging");
            },
        },
        { what: "up", stack: "staging", command: pulumiOn("up"), next: "up", check: expectRegistered },
        { what: "rotate", stack: "staging", command: npm("rotate", "staging"), check: expectRegistered },
        {
            ...promotionTo("prod"),
            prepare: async () => {
                const tag = `random-${++release}`;
                const values = (text: string) => text.replace(/^( {2}tag: )"[^"]*"/m, `$1"${tag}"`);
                revision = await push({ "helm/values.yaml": values });
                await waitForState("staging", { sync: "Synced", health: "Healthy", revision });
                await waitForSoak();
            },
        },
        promotionTo("dr"),
        {
            what: "quarantine", stack: "staging", command: npm("quarantine", "staging", "--cluster", "staging"),
            check: () => expectQuarantined(true),
        },
        {
            what: "quarantine --lift", stack: "staging", command: npm("quarantine", "staging", "--cluster", "staging", "--lift"),
            check: () => expectQuarantined(false),
        },
        { what: "failover to dr", stack: "hub", command: npm("failover", "--to", "dr"), check: () => expectMoved("dr") },
        { what: "failover to prod", stack: "hub", command: npm("failover", "--to", "prod"), check: () => expectMoved("prod") },
    ];

    const argumentsOf = ({ command }: Job) => {
        const resolver = command.includes("failover") ? ["--resolver", dnsServer(ports)] : [];
        return [...command.slice(1), ...resolver];
    };

    /** Runs a job's command; ends it after some milliseconds, if it runs that long. */
    async function start(job: Job, end?: { readonly signal: Signal; readonly afterMs: number }) {
        const child = spawn(job.command[0] ?? "", argumentsOf(job), {
            cwd: projectRoot,
            env: { ...process.env, ...pulumiEnvironment() },
            stdio: ["ignore", "pipe", "pipe"],
            detached: true,
        });
        let output = "";
        child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
        child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
        const began = Date.now();
        const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
        let timer: NodeJS.Timeout | undefined;
        const ended = end && new Promise<void>((resolve) => (timer = setTimeout(resolve, end.afterMs)));
        const first = await Promise.race([closed.then(() => "closed"), ...(ended ? [ended.then(() => "due")] : [])]);
        clearTimeout(timer);
        if (first === "due" && end) {
            await signals[end.signal](child);
        }
        const code = await closed;
        transcript.push(output);
        return { output, code, wasEnded: first === "due", seconds: (Date.now() - began) / 1000 };
    }

    /** What a person does after an interruption: recover, and the same command again. */
    async function repair(job: Job): Promise<void> {
        const recovered = await npmRun("recover", pulumiEnvironment(), job.stack, ...(job.next ? [job.next] : []));
        expect(recovered.ok, recovered.output).to.equal(true);
        if (job.next === undefined) {
            const { code, output } = await start(job);
            const wasDone = /users are already on/.test(output);
            expect(code === 0 || wasDone, output).to.equal(true);
        }
    }

    for (const job of jobs) {
        it(`${job.what}: is not disturbed, which says how long it takes`, async () => {
            await job.prepare?.();
            const { code, output, seconds: took } = await start(job);
            expect(code, output).to.equal(0);
            await job.check();
            seconds.set(job.what, took);
        });
    }

    it(`leave nothing pending, orphaned or taken over, ${runsToEnd} times`, async function () {
        this.timeout("2h");
        for (let turn = 0; outcomes.length < runsToEnd; turn++) {
            const job = jobs[turn % jobs.length] as Job;
            const signal: Signal = randomInt(2) === 0 ? "SIGKILL" : "^C";
            const afterMs = randomInt(Math.round((seconds.get(job.what) ?? 0) * 1000));
            await job.prepare?.();
            const { wasEnded, output } = await start(job, { signal, afterMs });
            const began = Date.now();
            try {
                await repair(job);
                await job.check();
            } catch (error) {
                const what = `${job.what}, ended by ${signal} after ${afterMs} ms, and had said:\n${output}`;
                throw new Error(`${what}\n${(error as Error).message}`, { cause: error });
            }
            if (wasEnded) {
                const [after, repaired] = [(afterMs / 1000).toFixed(1), ((Date.now() - began) / 1000).toFixed(0)];
                outcomes.push([job.what, signal, after, repaired]);
                const number = `${outcomes.length}`.padStart(8);
                process.stdout.write(`${number}  ${job.what}, ${signal} after ${after} s: repaired in ${repaired} s\n`);
            }
        }
    });
});
