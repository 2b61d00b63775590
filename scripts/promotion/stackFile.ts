import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { isMap, parseDocument } from "yaml";

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
    writeFileSync(file, document.toString({ lineWidth: 0, flowCollectionPadding: false }));
}
