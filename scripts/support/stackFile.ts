import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { type Document, isMap, parseDocument } from "yaml";

/** A stack's file in the folder that `pulumi` uses: PULUMI_OPTION_CWD is the variable for its flag --cwd. */
export function stackFile(stack: string): string {
    return path.join(process.env.PULUMI_OPTION_CWD ?? process.cwd(), `Pulumi.${stack}.yaml`);
}

/**
 * Writes a revision into every cluster of an environment's stack file, and keeps the comments and all else.
 *
 * @param rollbackFrom by cluster, the recorded revision on the hub that replaced the new one before
 * @throws Error if the file has no clusters
 */
export function movePins(file: string, revision: string, rollbackFrom: Readonly<Record<string, string>> = {}): void {
    const document = parseDocument(readFileSync(file, "utf8"));
    const at = ["config", "hubspoke:clusters"];
    const clusters = document.getIn(at);
    if (!isMap(clusters)) {
        throw new Error(`${file} has no hubspoke:clusters: it is not the stack file of an environment`);
    }
    for (const { key } of clusters.items) {
        const name = String(key);
        document.setIn([...at, name, "revision"], revision);
        if (rollbackFrom[name] !== undefined) {
            document.setIn([...at, name, "rollbackFrom"], rollbackFrom[name]);
        }
    }
    write(file, document);
}

/**
 * Replaces one setting in a stack file, and keeps the comments and all else.
 *
 * @param at the setting's path, without the prefix `hubspoke:`
 * @throws Error if the file does not have the setting
 */
export function setSetting(file: string, at: SettingPath, value: string | boolean): void {
    if (!parseDocument(readFileSync(file, "utf8")).hasIn(inFile(at))) {
        throw new Error(`${file} has no hubspoke:${at.join(".")}, which must become ${String(value)}. Add it there`);
    }
    addSetting(file, at, value);
}

/** Adds or replaces one setting in a stack file, and keeps the comments and all else. */
export function addSetting(file: string, at: SettingPath, value: string | boolean): void {
    const document = parseDocument(readFileSync(file, "utf8"));
    document.setIn(inFile(at), value);
    write(file, document);
}

/** Path of a setting, without the prefix `hubspoke:`. */
type SettingPath = readonly [string, ...string[]];

function inFile([first, ...more]: SettingPath): string[] {
    return ["config", `hubspoke:${first}`, ...more];
}

function write(file: string, document: Document): void {
    writeFileSync(file, document.toString({ lineWidth: 0, flowCollectionPadding: false }));
}
