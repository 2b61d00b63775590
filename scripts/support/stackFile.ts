import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { type Document, isMap, parseDocument } from "yaml";

/** A stack's file in the folder that `pulumi` itself would work in: PULUMI_OPTION_CWD stands for its flag --cwd. */
export function stackFile(stack: string): string {
    return path.join(process.env.PULUMI_OPTION_CWD ?? process.cwd(), `Pulumi.${stack}.yaml`);
}

/**
 * Writes a revision into every cluster of an environment's stack file, all at once; comments and the rest stay.
 *
 * @param rollbackFrom the revision that the hub records, by cluster, where the new one is one that it replaced
 * @throws Error when the file has no clusters
 */
export function movePins(file: string, revision: string, rollbackFrom: Readonly<Record<string, string>> = {}): void {
    const document = parseDocument(readFileSync(file, "utf8"));
    const at = ["config", "hubspoke:clusters"];
    const clusters = document.getIn(at);
    if (!isMap(clusters)) {
        throw new Error(`${file} has no hubspoke:clusters: it is no environment's stack file`);
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
 * Replaces one setting in a stack file; comments and the rest stay.
 *
 * @param at the setting's path, without the prefix `hubspoke:`
 * @throws Error when the file has nothing at the path, whose value could be replaced
 */
export function setSetting(file: string, at: SettingPath, value: string | boolean): void {
    if (!parseDocument(readFileSync(file, "utf8")).hasIn(inFile(at))) {
        throw new Error(`${file} has no hubspoke:${at.join(".")}, which is to be ${String(value)}. Add it there`);
    }
    addSetting(file, at, value);
}

/** Writes one setting into a stack file, whether it is there or not; comments and the rest stay. */
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
