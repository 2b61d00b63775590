import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { labDir } from "../paths";
import { processFacts } from "./identity";

const processRecord = z.object({
    /** Unique in the lab: letters, digits and dashes. */
    name: z.string(),
    pid: z.number().int().positive(),
    /** See {@link ProcessFacts.identity}: distinguishes our process from a later one with the same id. */
    identity: z.string(),
    command: z.string(),
    ports: z.array(z.number()),
    /** Path of the file with its output. */
    log: z.string(),
    /** When it was recorded, ISO 8601. */
    startedAt: z.string(),
});

/** A process of this lab, as written to `<labDir>/processes/<name>.json`. */
export type ProcessRecord = Readonly<z.infer<typeof processRecord>>;

const recordsDir = path.join(labDir, "processes");

/** Writes atomically: a reader never sees an incomplete file. */
export function writeFileWhole(file: string, content: string, mode = 0o644): void {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const temporary = `${file}.${process.pid}.tmp`;
    fs.writeFileSync(temporary, content, { mode });
    fs.renameSync(temporary, file);
}

/** Writes a process's record, in place of an earlier one of its name. */
export function writeRecord(record: ProcessRecord): void {
    writeFileWhole(recordFile(record.name), `${JSON.stringify(record, undefined, 2)}\n`);
}

/** Fails for a name that cannot be a file name. */
export function checkName(name: string): void {
    if (!/^[a-zA-Z0-9-]+$/.test(name)) {
        throw new Error(`a process of the lab cannot be named "${name}": use letters, digits and dashes`);
    }
}

/** The record of that name, alive or dead; undefined if there is none, or it cannot be read. */
export function readRecord(name: string): ProcessRecord | undefined {
    try {
        return processRecord.parse(JSON.parse(fs.readFileSync(recordFile(name), "utf8")));
    } catch {
        return undefined;
    }
}

/** Removes the record of that name, if there is one; the process itself goes on. */
export function removeRecord(name: string): void {
    fs.rmSync(recordFile(name), { force: true });
}

/** Whether the recorded process itself still runs, and not another one with its id. */
export function isAlive(record: ProcessRecord): boolean {
    return processFacts(record.pid)?.identity === record.identity;
}

/** The process of that name if it runs. */
export function findProcess(name: string): ProcessRecord | undefined {
    const record = readRecord(name);
    return record && isAlive(record) ? record : undefined;
}

/** Every recorded process of this lab, sorted by name, and whether it still runs. */
export function listProcesses(): (ProcessRecord & { readonly alive: boolean })[] {
    const files = fs.existsSync(recordsDir) ? fs.readdirSync(recordsDir).sort() : [];
    return files
        .filter((file) => file.endsWith(".json"))
        .map((file) => readRecord(path.basename(file, ".json")))
        .filter((record) => record !== undefined)
        .map((record) => ({ ...record, alive: isAlive(record) }));
}

function recordFile(name: string): string {
    checkName(name);
    return path.join(recordsDir, `${name}.json`);
}
