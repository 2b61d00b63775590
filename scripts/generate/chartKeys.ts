import { readFileSync } from "node:fs";
import { parse } from "yaml";

/**
 * Lists every key of a chart's default values with its type, as JSON. Unit tests check the program's values against
 * this fixture. An empty map or list accepts any content, and is listed as `map` or `list`; a key without a value
 * accepts any type, and is listed as `unset`.
 *
 *     npx tsx scripts/generate/chartKeys.ts argo-cd/values.yaml redis-ha=redis-ha/values.yaml \
 *         > test/fixtures/argo-cd-10.1.1.json
 *
 * An argument NAME=FILE adds a subchart's defaults under NAME.
 */
function keysOf(value: unknown, path: string, keys: Record<string, string>): void {
    if (Array.isArray(value)) {
        keys[path] = "list";
    } else if (typeof value === "object" && value !== null && Object.keys(value).length > 0) {
        for (const [key, child] of Object.entries(value)) {
            keysOf(child, path === "" ? key : `${path}/${key}`, keys);
        }
    } else {
        keys[path] = typeOf(value);
    }
}

function typeOf(value: unknown): string {
    if (value === null || value === undefined || value === "") {
        return "unset";
    }
    return typeof value === "object" ? "map" : typeof value;
}

if (require.main === module) {
    const keys: Record<string, string> = {};
    for (const argument of process.argv.slice(2)) {
        const [file, name] = argument.split("=").reverse();
        const subchart: Record<string, string> = {};
        keysOf(parse(readFileSync(file ?? "", "utf8")), name ?? "", subchart);
        // The parent chart's default overrides the subchart's, like in Helm.
        Object.assign(keys, { ...subchart, ...keys });
    }
    process.stdout.write(`${JSON.stringify(Object.fromEntries(Object.entries(keys).sort()), null, 1)}\n`);
}
