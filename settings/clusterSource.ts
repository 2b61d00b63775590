import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import * as path from "node:path";
import { promisify } from "node:util";
import { deepmergeCustom } from "deepmerge-ts";
import { parse } from "yaml";
import { clustersFrom, type ClustersFrom } from "./clustersFrom";
import { asExpected } from "./given";
import { InputError } from "./inputError";
import { yamlProblem } from "./yamlProblem";

const execute = promisify(execFile);

/** Limit for the command that prints clusters, in milliseconds. */
const limitMs = 60_000;

type Clusters = Readonly<Record<string, unknown>>;

const merged = deepmergeCustom({ mergeArrays: false });

/**
 * An environment's configuration with the clusters that `clustersFrom` names among its `clusters`; the same where it
 * names none. What the configuration says of one of these clusters is merged into it, and has priority. Says nothing
 * about invalid settings: that is for the settings' schema.
 *
 * @param values keys of the namespace `hubspoke`, without the prefix
 * @param folder the folder of Pulumi.yaml
 * @throws InputError if the file or the command gives no clusters; it repeats nothing of what they contain
 */
export async function withSource(values: Clusters, folder: string): Promise<Clusters> {
    const from = clustersFrom.safeParse(asExpected(clustersFrom, values.clustersFrom).value).data;
    if (from === undefined) {
        return values;
    }
    const found = await clustersOf(from, folder);
    const own = mapOf(values.clusters) ?? {};
    // Of a cluster that has vanished, only what was added to it is left.
    const added = Object.entries(own).filter(([name, settings]) => name in found || isWhole(settings));
    const clusters = merged(found, Object.fromEntries(added)) as Clusters;
    const left = Object.entries(clusters).filter(([name]) => !from.removed.includes(name));
    return { ...values, clusters: Object.fromEntries(left) };
}

/** Whether settings say how to reach their cluster. */
function isWhole(settings: unknown): boolean {
    const map = mapOf(settings);
    return map === undefined || "context" in map || "kubeconfig" in map;
}

async function clustersOf({ file, command = [] }: ClustersFrom, folder: string): Promise<Clusters> {
    const [setting, source] = file === undefined ? ["command", command.join(" ")] : ["file", file];
    const at = `hubspoke:clustersFrom.${setting}: ${source}`;
    const text = await (file === undefined ? printed(command, folder) : readFile(path.resolve(folder, file), "utf8")).catch(
        ({ code, signal, killed }: { code?: string | number | null; signal?: string; killed?: boolean }) => {
            const why = killed ? `has not ended within ${limitMs / 1000} s` : `failed (${code ?? signal})`;
            throw new InputError(`${at}: ${file === undefined ? why : "cannot be read"}. Correct it; nothing was changed`);
        },
    );
    const found = mapOf(yamlIn(text, at));
    if (found === undefined || Object.keys(found).length === 0) {
        throw new InputError(`${at}: is not a map of clusters in YAML. Write for example \`prod-eu: { context: prod-eu }\``);
    }
    return found;
}

async function printed([program = "", ...args]: readonly string[], folder: string): Promise<string> {
    const options = { cwd: folder, timeout: limitMs, maxBuffer: 64 * 1024 * 1024 };
    return (await execute(program, args, options)).stdout;
}

/** What a YAML text contains. The parser's error would quote it, and it may contain a kubeconfig. */
function yamlIn(text: string, at: string): unknown {
    try {
        return parse(text, { logLevel: "error" });
    } catch (error) {
        throw new InputError(`${at}: ${yamlProblem(error)}. Correct it; nothing was changed`);
    }
}

function jsonIn(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** A map, which Pulumi hands over as JSON; undefined for anything else. */
function mapOf(value: unknown): Clusters | undefined {
    const map = typeof value === "string" ? jsonIn(value) : value;
    return typeof map === "object" && map !== null && !Array.isArray(map) ? (map as Clusters) : undefined;
}
