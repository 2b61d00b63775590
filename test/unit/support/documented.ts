import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

/** The examples of a document that are settings in YAML, in their order, without the prefix of the keys. */
export function documentedSettings(file: string): Record<string, unknown>[] {
    const text = readFileSync(path.resolve(__dirname, "../../../docs", file), "utf8");
    return [...text.matchAll(/^```yaml\n(hubspoke:[^]*?)^```$/gm)].map(([, block = ""]) => {
        const entries = Object.entries(parse(block) as Record<string, unknown>);
        return Object.fromEntries(entries.map(([key, value]) => [key.replace("hubspoke:", ""), value]));
    });
}
