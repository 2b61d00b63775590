import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { labDir, logDir } from "../paths";
import {
    adoptProcess,
    blot,
    findProcess,
    freePorts,
    isFree,
    listProcesses,
    logTail,
    processFacts,
    startProcess,
    stopProcess,
    waitFor,
} from "../processes";
import { parsePs } from "../../scripts/support/processes";
import { readRecord, writeRecord } from "../processes/records";
import { failure } from "../../test/unit/support/failure";

const name = `unit-${process.pid}`;
const ownLog = path.join(logDir, `${name}.log`);
const environment = { PATH: process.env.PATH ?? "" };

function shell(script: string) {
    return startProcess({ name, command: "sh", args: ["-c", script], env: environment, ports: [20001] });
}

describe("lab: processes", () => {
    afterEach(async () => {
        await stopProcess(name, { graceMs: 100 });
        fs.rmSync(ownLog, { force: true });
    });

    it("starts a process in its own group, records it and finds it again", async () => {
        const record = await shell("exec sleep 60");
        expect(findProcess(name)).to.deep.equal(record);
        expect(processFacts(record.pid)).to.deep.include({ group: record.pid });
        expect(listProcesses().filter((process) => process.name === name)).to.deep.equal([{ ...record, alive: true }]);
    });

    it("gives the child only the environment in its spec, and logs its output", async () => {
        const record = await startProcess({ name, command: "/usr/bin/env", args: [], env: { ONLY: "this" } });
        await gone(record.pid);
        expect(fs.readFileSync(record.log, "utf8")).to.equal("ONLY=this\n");
        expect(fs.statSync(record.log).mode & 0o777).to.equal(0o600);
    });

    it("refuses to start a second process of one name", async () => {
        const { pid } = await shell("exec sleep 60");
        expect(await failure(shell("exec sleep 60"))).to.equal(`cannot start ${name}: it already runs as process ${pid}`);
    });

    it("fails if the command does not exist, and records nothing", async () => {
        const start = startProcess({ name, command: "/no/such/command", args: [], env: {} });
        expect(await failure(start)).to.match(new RegExp(`cannot start ${name}: .*ENOENT`));
        expect(readRecord(name)).to.equal(undefined);
    });

    it("refuses a name that would leave the folder of the records", async () => {
        const start = startProcess({ name: "../x", command: "true", args: [], env: {} });
        expect(await failure(start)).to.contain('cannot be named "../x"');
        expect(fs.existsSync(path.join(logDir, "..", "x.log"))).to.equal(false);
    });

    it("stops a process with its group, and deletes its record", async () => {
        const record = await shell("sleep 61 & echo $!; wait");
        const child = Number(await logged(record.log, /^\d+$/m));
        expect(await stopProcess(name)).to.equal(true);
        expect(processFacts(record.pid)).to.equal(undefined);
        await gone(child);
        expect(readRecord(name)).to.equal(undefined);
        expect(await stopProcess(name)).to.equal(false);
    });

    it("kills a process that ignores SIGTERM", async () => {
        const record = await shell("trap '' TERM; echo deaf; while :; do sleep 0.1; done");
        await logged(record.log, /deaf/);
        expect(await stopProcess(name, { graceMs: 150 })).to.equal(true);
        expect(processFacts(record.pid)).to.equal(undefined);
    });

    it("never signals a process that has reused a recorded id", async () => {
        const { child: stranger, pid } = await bystander();
        try {
            writeRecord({ ...record({ pid }), identity: "the process that had this id before" });
            expect(findProcess(name)).to.equal(undefined);
            expect(await stopProcess(name)).to.equal(false);
            expect(processFacts(pid)).not.to.equal(undefined);
        } finally {
            stranger.kill("SIGKILL");
        }
    });

    it("adopts a process only by a mark in its command line", async () => {
        const { child: stranger, pid } = await bystander();
        try {
            const adoption = { name, pid, ports: [], log: ownLog };
            expect(adoptProcess({ ...adoption, mark: "/somewhere/else" })).to.equal(undefined);
            expect(readRecord(name)).to.equal(undefined);
            expect(adoptProcess({ ...adoption, mark: "setInterval" })).to.deep.include({ pid });
            expect(findProcess(name)).to.deep.include({ pid });
        } finally {
            stranger.kill("SIGKILL");
        }
    });

    it("treats a record that cannot be read as missing", () => {
        writeRecord(record({ pid: process.pid }));
        fs.writeFileSync(path.join(labDir, "processes", `${name}.json`), "{ half");
        expect(findProcess(name)).to.equal(undefined);
    });

    it("fails a wait immediately if a process that it needs ends, with the end of its log", async () => {
        await shell("echo first; echo password=hunter2; sleep 0.2; echo no such table >&2; exit 1");
        const wait = waitFor("the server", () => Promise.resolve({ seen: "no answer" }), {
            timeoutMs: 10_000,
            intervalMs: 20,
            processes: [name],
        });
        const message = await failure(wait);
        expect(message).to.contain(`${name} ended while waiting for the server. Its last lines:\nfirst\n`);
        expect(message).to.contain("no such table");
        expect(message).not.to.contain("hunter2");
    });
});

describe("lab: reading ps", () => {
    it("reads a line of macOS", () => {
        const line = "Ss     412 Mon Nov  3 06:07:52 2025     /usr/libexec/x --flag value  \n";
        expect(parsePs(line)).to.deep.equal({
            identity: "Mon Nov  3 06:07:52 2025",
            group: 412,
            command: "/usr/libexec/x --flag value",
        });
    });

    it("treats a zombie process as ended", () => {
        expect(parsePs("Z+     412 Mon Nov  3 06:07:52 2025     (sleep)")).to.equal(undefined);
    });

    it("treats a missing line as ended", () => {
        expect(parsePs("")).to.equal(undefined);
    });
});

describe("lab: ports and logs", () => {
    it("finds distinct free ports, and excludes those to avoid", async () => {
        const first = await freePorts(20);
        expect(new Set(first)).to.have.property("size", 20);
        expect(await Promise.all(first.map(isFree))).to.deep.equal(first.map(() => true));
        const second = await freePorts(20, first);
        expect(second.filter((port) => first.includes(port))).to.deep.equal([]);
    });

    it("sees a port that is taken", async () => {
        const server = net.createServer().listen(0, "127.0.0.1");
        await once(server, "listening");
        expect(await isFree((server.address() as net.AddressInfo).port)).to.equal(false);
        server.close();
    });

    it("keeps the end of a log and masks secrets", () => {
        const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "lab-log-")), "x.log");
        fs.writeFileSync(file, Array.from({ length: 50 }, (_, line) => `line ${line}`).join("\n"));
        expect(logTail(file, 2)).to.equal(`line 48\nline 49\n(log: ${file})`);
        expect(blot("Bearer eyJhbGciOi.eyJpc3MiOi.c2lnbmF0 and token: abc")).to.equal("Bearer *** and token: ***");
        fs.rmSync(path.dirname(file), { recursive: true });
        expect(logTail(file)).to.equal(`(no log at ${file})`);
    });
});

function record({ pid }: { pid: number }) {
    return { name, pid, identity: "x", command: "x", ports: [], log: ownLog, startedAt: "2026-01-01T00:00:00.000Z" };
}

/** A process that is none of the lab's. */
async function bystander(): Promise<{ child: ChildProcess; pid: number }> {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    await once(child, "spawn");
    return { child, pid: child.pid! };
}

async function gone(pid: number): Promise<void> {
    const look = () => Promise.resolve(processFacts(pid) ? { seen: "it runs" } : { done: undefined });
    await waitFor(`process ${pid} to end`, look, { timeoutMs: 5_000, intervalMs: 20 });
}

async function logged(log: string, pattern: RegExp): Promise<string> {
    const look = () => {
        const text = fs.existsSync(log) ? fs.readFileSync(log, "utf8") : "";
        const found = pattern.exec(text)?.[0];
        return Promise.resolve(found === undefined ? { seen: text } : { done: found });
    };
    return waitFor<string>(`${pattern} in ${log}`, look, { timeoutMs: 5_000, intervalMs: 20 });
}
