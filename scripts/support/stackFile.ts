import { existsSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { type Pin, pinSetting } from "../../settings/pins";
import { InputError } from "../../settings/inputError";
import { parallelism, thisMachine } from "./capacity";
import { refuseShared } from "./sharedYaml";
import { shardIn, shardsOf } from "../../settings/shard";
import { type Document, isMap, isScalar, parseDocument, Scalar, stringify, visit } from "yaml";

/** The folder that `pulumi` uses: PULUMI_OPTION_CWD is the variable for its flag --cwd. */
export function folderOfStackFiles(): string {
    return path.resolve(process.env.PULUMI_OPTION_CWD ?? ".");
}

/** Names of the stacks that have a file in that folder, sorted. */
export function stacksWithFile(): string[] {
    return readdirSync(folderOfStackFiles()).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []).sort();
}

/** A stack's file in that folder. */
export function stackFile(stack: string): string {
    return path.join(folderOfStackFiles(), `Pulumi.${stack}.yaml`);
}

/** The stack whose file has a stack's settings: for a shard its environment's, else the stack itself. */
export function ownerOf(stack: string): string {
    return shardIn(folderOfStackFiles(), stack)?.of ?? stack;
}

/** The file with a stack's settings. */
export function settingsFile(stack: string): string {
    return stackFile(ownerOf(stack));
}

/** The stacks with an environment's clusters: its shards, or the stack itself. */
export function stacksOf(stack: string): string[] {
    const shards = Object.keys(shardsOf(folderOfStackFiles(), stack));
    return shards.length === 0 ? [stack] : shards;
}

/** Whether the clusters of a stack are in shards, so that it has none. */
export function isDivided(stack: string): boolean {
    return !stacksOf(stack).includes(stack);
}

/** How many stacks to run at the same time: all, but of shards, which are large, only what this machine can hold. */
export function stacksAtOnce(stacks: readonly string[]): number {
    const sizes = stacks.map((stack) => shardIn(folderOfStackFiles(), stack)?.clusters.length ?? 0);
    const largest = Math.max(...sizes, 0);
    return largest === 0 ? stacks.length : parallelism(thisMachine(), largest);
}

/** @throws InputError if a stack has shards, of which this command works on one */
export function refuseShards(stack: string, command: string): void {
    if (isDivided(stack)) {
        const commands = stacksOf(stack).map((shard) => `npm run ${command} -- ${shard}`);
        throw new InputError(`${stack} has shards. Name the one with the cluster: ${commands.join(", or ")}`);
    }
}

/**
 * A stack file to edit. Every plain value stays as it is written: Pulumi reads YAML by other rules than this library,
 * where for example 012 is 10.
 */
export function parseStackFile(text: string): Document {
    return parseDocument(text, { schema: "failsafe" });
}

/** The text of an edited stack file. */
export function stackFileText(document: Document): string {
    return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Writes a stack file as a whole: a reader finds the old text or the new one, also after a crash or on a full disk. */
export function writeStackFile(file: string, text: string): void {
    const target = existsSync(file) ? realpathSync(file) : file;
    const next = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.new`);
    try {
        writeFileSync(next, text, existsSync(target) ? { mode: statSync(target).mode } : {});
        renameSync(next, target);
    } finally {
        rmSync(next, { force: true });
    }
}

/**
 * Sets a value in a stack file; text is in quotes where Pulumi would not read it as text. Comments stay.
 *
 * @throws InputError if a YAML anchor shares the value with another place
 */
export function setInStackFile(document: Document, at: readonly string[], value: object | string | boolean): void {
    refuseShared(document, at);
    const before = document.getIn(at, true);
    const node = document.createNode(typeof value === "boolean" ? String(value) : value);
    visit(node, {
        Scalar: (_, scalar) => {
            const isText = typeof value !== "boolean" && !isPlain(String(scalar.value));
            scalar.type = isText ? Scalar.QUOTE_DOUBLE : Scalar.PLAIN;
        },
    });
    if (isScalar(before) && isScalar(node)) {
        node.comment = before.comment;
        node.commentBefore = before.commentBefore;
    }
    document.setIn(at, node);
}

/** Whether text stays text without quotes, in YAML 1.1 too. */
function isPlain(text: string): boolean {
    return /^[A-Za-z]/.test(text) && stringify(text, { compat: "yaml-1.1" }) === `${text}\n`;
}

/**
 * Gives clusters of an environment's stack file exactly these pins of an application, and removes what a pin lacks.
 *
 * @param pins by the cluster's name
 * @throws Error if the file has no clusters
 * @throws InputError if a YAML anchor shares a cluster's settings with another place
 */
export function setPins(file: string, application: string, pins: Readonly<Record<string, Pin>>): void {
    const inCluster = pinSetting(application).split(".").slice(0, -1);
    const document = parseStackFile(readFileSync(file, "utf8"));
    const clusters = document.getIn(inFile(["clusters"]));
    const isFromSource = document.hasIn(inFile(["clustersFrom"]));
    if (!isMap(clusters) && !isFromSource) {
        throw new Error(`${file} has no hubspoke:clusters: it is not the stack file of an environment`);
    }
    const written = isMap(clusters) ? clusters.items.map(({ key }) => String(key)) : [];
    // Of a cluster that hubspoke:clustersFrom names, the file has only what was added.
    for (const name of Object.keys(pins).filter((one) => isFromSource || written.includes(one))) {
        const at = inFile(["clusters", name]);
        for (const setting of ["revision", "values", "rollbackFrom"] as const) {
            const path = [...at, ...inCluster, setting];
            refuseShared(document, path);
            const value = pins[name]?.[setting];
            const before = document.hasIn(path) ? String(document.getIn(path)) : undefined;
            if (value === undefined && before !== undefined) {
                document.deleteIn(path);
            } else if (value !== undefined && value !== before) {
                setInStackFile(document, path, value);
            }
        }
        const above = [...at, ...inCluster];
        for (let length = above.length; length > (isFromSource ? 1 : at.length); length -= 1) {
            const path = above.slice(0, length);
            const left = document.hasIn(path) ? document.getIn(path) : undefined;
            if (isMap(left) && left.items.length === 0) {
                document.deleteIn(path);
            }
        }
    }
    writeStackFile(file, stackFileText(document));
}

/**
 * Replaces one setting in a stack file, and keeps the comments and all else.
 *
 * @param at the setting's path, without the prefix `hubspoke:`
 * @throws Error if the file does not have the setting
 */
export function setSetting(file: string, at: SettingPath, value: string | boolean): void {
    if (!parseStackFile(readFileSync(file, "utf8")).hasIn(inFile(at))) {
        throw new Error(`${file} has no hubspoke:${at.join(".")}, which must become ${String(value)}. Add it there`);
    }
    addSetting(file, at, value);
}

/** Adds or replaces one setting in a stack file, and keeps the comments and all else. */
export function addSetting(file: string, at: SettingPath, value: string | boolean): void {
    const document = parseStackFile(readFileSync(file, "utf8"));
    setInStackFile(document, inFile(at), value);
    writeStackFile(file, stackFileText(document));
}

/**
 * Takes a change of some settings back. What else has changed in the file meanwhile stays.
 *
 * @param before the file's text before the change
 * @param written its text after the change
 */
export function restoreSettings(file: string, paths: readonly SettingPath[], before: string, written: string): void {
    const now = readFileSync(file, "utf8");
    if (now === written) {
        writeStackFile(file, before);
        return;
    }
    const [old, document] = [parseStackFile(before), parseStackFile(now)];
    for (const whole of paths.map(inFile)) {
        restoreIn(document, old, whole);
    }
    writeStackFile(file, stackFileText(document));
}

function restoreIn(document: Document, old: Document, whole: readonly string[]): void {
    if (old.hasIn(whole)) {
        document.setIn(whole, old.getIn(whole, true));
        return;
    }
    if (document.hasIn(whole)) {
        document.deleteIn(whole);
    }
    for (let above = whole.slice(0, -1); above.length > 0 && !old.hasIn(above); above = above.slice(0, -1)) {
        const map = document.getIn(above);
        if (isMap(map) && map.items.length === 0) {
            document.deleteIn(above);
        }
    }
}

/** The command that brings a stack up; of a divided environment, all its shards. */
export function upCommand(stack: string): string {
    return isDivided(stack) ? `npm run fleet -- up ${stack}` : `pulumi up --stack ${stack}`;
}

/** Path of a setting, without the prefix `hubspoke:`. */
type SettingPath = readonly [string, ...string[]];

function inFile([first, ...more]: SettingPath): string[] {
    return ["config", `hubspoke:${first}`, ...more];
}
