import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { projectRoot } from "../paths";
import { backendDir, passphraseFile, projectDir, pulumiHome } from "./environment";

/** The lab's stacks, in the order in which they are brought up. */
export const stackNames = ["hub", "staging", "prod", "dr"] as const;

/** The stacks that register clusters with the hub; none depends on another. */
export const environmentStacks = ["staging", "prod", "dr"] as const;

export type StackName = (typeof stackNames)[number];

/** Settings of the lab, by stack: each key replaces that of the committed stack file. */
export type Overlay = Partial<Record<StackName, Record<string, unknown>>>;

interface StackFile {
    encryptionsalt?: string;
    config?: Record<string, unknown>;
}

/**
 * Writes the overlay project. Its Pulumi.yaml refers to the checkout's index.ts; its stack files are the committed
 * ones with the overlay's keys replaced. They are apart from the checkout because `pulumi stack init` writes a salt
 * into them.
 */
export function writeProject(overlay: Overlay): void {
    for (const folder of [projectDir, backendDir, pulumiHome]) {
        fs.mkdirSync(folder, { recursive: true });
    }
    if (!fs.existsSync(passphraseFile)) {
        fs.writeFileSync(passphraseFile, randomBytes(24).toString("base64url"), { mode: 0o600 });
    }
    const project = readYaml<Record<string, unknown>>(path.join(projectRoot, "Pulumi.yaml"));
    writeYaml(path.join(projectDir, "Pulumi.yaml"), { ...project, main: path.relative(projectDir, projectRoot) });
    for (const stack of stackNames) {
        writeStackFile(stack, { ...readCommitted(stack), ...overlay[stack] });
    }
}

/** Writes the configuration of a stack of the lab; the salt that `pulumi stack init` has written stays. */
export function writeStackFile(stack: string, config: Record<string, unknown>): void {
    const target = labFile(stack);
    const salt = fs.existsSync(target) ? readYaml<StackFile>(target).encryptionsalt : undefined;
    writeYaml(target, { ...(salt === undefined ? {} : { encryptionsalt: salt }), config });
}

/**
 * Writes the stack file of another hub in the lab, on one of its spokes: with the settings of the lab's hub, of which
 * `changes` are replaced.
 */
export function writeOtherHub(stack: string, context: string, changes: Record<string, unknown> = {}): void {
    writeStackFile(stack, { ...readInLab("hub"), "hubspoke:cluster": { context }, ...changes });
}

/** Whether a stack has a stack file in the lab. */
export function hasStackFile(stack: string): boolean {
    return fs.existsSync(labFile(stack));
}

/** Removes the stack file of a stack beside the lab's own, which is destroyed: the lab is then as it was brought up. */
export function removeStackFile(stack: string): void {
    fs.rmSync(labFile(stack));
}

/** The configuration in a committed stack file. */
export function readCommitted(stack: StackName): Record<string, unknown> {
    return readYaml<StackFile>(path.join(projectRoot, `Pulumi.${stack}.yaml`)).config ?? {};
}

/** The configuration in the lab's stack file; nothing before the lab was first up. */
export function readInLab(stack: string): Record<string, unknown> {
    const file = labFile(stack);
    return fs.existsSync(file) ? (readYaml<StackFile>(file).config ?? {}) : {};
}

/**
 * Changes the configuration in the lab's stack file; the value undefined removes a setting.
 *
 * @returns whether the file has changed
 */
export function changeInLab(
    stack: string,
    change: (config: Record<string, unknown>) => Record<string, unknown>,
): boolean {
    const file = labFile(stack);
    const before = fs.readFileSync(file, "utf8");
    const { config = {}, ...rest } = parse(before) as StackFile;
    const after = stringify({ ...rest, config: change(config) });
    fs.writeFileSync(file, after);
    return after !== before;
}

/** A stack's file in the lab. */
function labFile(stack: string): string {
    return path.join(projectDir, `Pulumi.${stack}.yaml`);
}

function readYaml<T>(file: string): T {
    return parse(fs.readFileSync(file, "utf8")) as T;
}

function writeYaml(file: string, content: unknown): void {
    fs.writeFileSync(file, stringify(content));
}
