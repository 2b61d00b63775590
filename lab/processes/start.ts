import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { logDir } from "../paths";
import { processFacts } from "./identity";
import { checkName, findProcess, type ProcessRecord, writeRecord } from "./records";

/** A process to start. Secrets go into `env`, never into `args`: process lists show those. */
export interface ProcessSpec {
    /** Unique in the lab: letters, digits and dashes. Also names the log and the record. */
    readonly name: string;
    readonly command: string;
    readonly args: readonly string[];
    /** Its whole environment: nothing is inherited. */
    readonly env: Readonly<Record<string, string>>;
    readonly cwd?: string;
    /** Ports that it will listen on, for the record. */
    readonly ports?: readonly number[];
}

/**
 * Starts a process that outlives this one, in a process group of its own, with its output appended
 * to `<logDir>/<name>.log`, and records it. Fails if one of that name runs or the command cannot start.
 */
export async function startProcess(spec: ProcessSpec): Promise<ProcessRecord> {
    checkName(spec.name);
    const running = findProcess(spec.name);
    if (running) {
        throw new Error(`cannot start ${spec.name}: it already runs as process ${running.pid}`);
    }
    fs.mkdirSync(logDir, { recursive: true });
    const log = path.join(logDir, `${spec.name}.log`);
    const output = fs.openSync(log, "a", 0o600);
    const child = spawn(spec.command, spec.args, {
        cwd: spec.cwd,
        env: { ...spec.env },
        detached: true,
        stdio: ["ignore", output, output],
    });
    fs.closeSync(output);
    if (child.pid === undefined) {
        const [error] = (await once(child, "error").catch((e: unknown) => [e])) as [Error];
        throw new Error(`cannot start ${spec.name}: ${error.message}`, { cause: error });
    }
    const record: ProcessRecord = {
        name: spec.name,
        pid: child.pid,
        identity: processFacts(child.pid)?.identity ?? "ended before it could be recorded",
        command: [spec.command, ...spec.args].join(" "),
        ports: [...(spec.ports ?? [])],
        log,
        startedAt: new Date().toISOString(),
    };
    writeRecord(record);
    child.unref();
    return record;
}

/** A process that another program started for us. */
export interface Adoption {
    readonly name: string;
    readonly pid: number;
    /** Text that only our process has in its command line, such as a path inside the lab's folder. */
    readonly mark: string;
    readonly ports: readonly number[];
    readonly log: string;
}

/**
 * Records a process that another program started, by its id. Nothing is recorded, and
 * undefined is returned, if the id is free or belongs to a process without the mark.
 */
export function adoptProcess(adoption: Adoption): ProcessRecord | undefined {
    const facts = processFacts(adoption.pid);
    if (!facts?.command.includes(adoption.mark)) {
        return undefined;
    }
    const { name, pid, ports, log } = adoption;
    const record = {
        name, pid, identity: facts.identity, command: facts.command, ports: [...ports], log,
        startedAt: new Date().toISOString(),
    };
    writeRecord(record);
    return record;
}
