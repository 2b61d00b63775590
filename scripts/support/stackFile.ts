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
 * @throws Error when the file has no clusters
 */
export function movePins(file: string, revision: string): void {
    const document = parseDocument(readFileSync(file, "utf8"));
    const at = ["config", "hubspoke:clusters"];
    const clusters = document.getIn(at);
    if (!isMap(clusters)) {
        throw new Error(`${file} has no hubspoke:clusters: it is no environment's stack file`);
    }
    for (const { key } of clusters.items) {
        document.setIn([...at, String(key), "revision"], revision);
    }
    write(file, document);
}

/**
 * Writes one setting into a stack file; comments and the rest stay.
 *
 * @param at the setting's path, without the prefix `hubspoke:`
 * @throws Error when the file has nothing at the path, whose value could be replaced
 */
export function setSetting(
    file: string,
    [first, ...more]: readonly [string, ...string[]],
    value: string | boolean,
): void {
    const document = parseDocument(readFileSync(file, "utf8"));
    const path = ["config", `hubspoke:${first}`, ...more];
    if (!document.hasIn(path)) {
        throw new Error(`${file} has no hubspoke:${[first, ...more].join(".")}, which is to be ${String(value)}. Add it there`);
    }
    document.setIn(path, value);
    write(file, document);
}

function write(file: string, document: Document): void {
    writeFileSync(file, document.toString({ lineWidth: 0, flowCollectionPadding: false }));
}
