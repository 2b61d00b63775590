import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isMap } from "yaml";
import { InputError } from "../../settings/inputError";
import { parseStackFile, setInStackFile, stackFileText, writeStackFile } from "../support/stackFile";
import type { NewCluster } from "./options";

const clustersPath = ["config", "hubspoke:clusters"];

/**
 * Finds the stack of an environment in the stack files of a folder.
 *
 * @throws InputError if there is none, or more than one
 */
export function stackOf(folder: string, environment: string): string {
    const environments = readdirSync(folder).flatMap((file) => {
        const stack = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
        if (stack === undefined) {
            return [];
        }
        const document = parseStackFile(readFileSync(path.join(folder, file), "utf8"));
        const named = document.getIn(["config", "hubspoke:environment"]);
        return typeof named === "string" ? [{ stack, environment: named }] : [];
    });
    const [found, ...more] = environments.filter((one) => one.environment === environment);
    if (found === undefined) {
        const known = [...new Set(environments.map((one) => one.environment))].join(", ");
        throw new InputError(
            `--environment ${environment}: no stack file in ${folder} has this environment; the environments are ${known || "none"}. ` +
                "Write one of these, or create a stack file for it first",
        );
    }
    if (more.length > 0) {
        const stacks = [found, ...more].map(({ stack }) => `Pulumi.${stack}.yaml`).join(" and ");
        throw new InputError(`--environment ${environment}: ${stacks} both have this environment. Add the cluster by hand`);
    }
    return found.stack;
}

/** A stack file's text with a cluster, and the cluster's settings: see {@link withCluster}. */
export function clusterIn(file: string, cluster: NewCluster): ReturnType<typeof withCluster> {
    return withCluster(readFileSync(file, "utf8"), path.basename(file), cluster);
}

/**
 * Adds a cluster to a stack file as it is now: the checks take a while, in which another command may have changed it.
 *
 * @param checked the cluster's settings that were checked
 * @throws InputError if the cluster would get other settings now
 */
export function addCluster(file: string, cluster: NewCluster, checked: object): void {
    const { text, entry } = clusterIn(file, cluster);
    if (!isDeepStrictEqual(entry, checked)) {
        throw new InputError(
            `--name ${cluster.name}: the pins in ${path.basename(file)} have changed during the checks, so the checked ` +
                "settings are not those of its neighbours. Nothing was changed; run this again",
        );
    }
    writeStackFile(file, text);
}

/**
 * Adds a cluster to a stack file's text, and keeps its comments and all else. If all present clusters are pinned to the
 * same revision, the new one gets that pin too, unless it has a revision; likewise the revision of another application
 * on all clusters that have it.
 *
 * @param file the file's name, for error messages
 * @throws InputError if the file has no clusters, or already has a cluster with that name
 */
export function withCluster(
    text: string,
    file: string,
    { name, settings }: NewCluster,
): { readonly text: string; readonly entry: object } {
    const document = parseStackFile(text);
    const clusters = document.getIn(clustersPath);
    if (document.errors.length > 0 || !isMap(clusters)) {
        const why = document.errors[0]?.message ?? "it has no hubspoke:clusters";
        throw new InputError(`${file} cannot be edited: ${why}. Correct it first`);
    }
    if (clusters.has(name)) {
        throw new InputError(`--name ${name}: ${file} already has a cluster with this name. Choose another name, or edit the cluster there`);
    }
    const { context, labels, ...given } = settings;
    const pinned = sharedPins(Object.values(clusters.toJSON() as Record<string, Neighbour | null>));
    const entry = { context, ...pinned, ...given, labels: { deploy: "true", ...labels } };
    setInStackFile(document, [...clustersPath, name], entry);
    return { text: stackFileText(document), entry };
}

/** The pins of a present cluster, as its stack file has them. */
interface Neighbour {
    readonly revision?: unknown;
    readonly revisions?: Readonly<Record<string, { readonly revision?: unknown; readonly values?: unknown }>> | null;
}

/** What a new cluster has in common with its neighbours. */
function sharedPins(neighbours: readonly (Neighbour | null)[]): object {
    const own = neighbours.map((one) => one?.revision);
    const revision = common(own);
    const applications = new Set(neighbours.flatMap((one) => Object.keys(one?.revisions ?? {})));
    const entries = [...applications].flatMap((application) => {
        const pins = neighbours.flatMap((one) => {
            const { revision: at, values } = one?.revisions?.[application] ?? {};
            return at === undefined ? [] : [{ revision: at, ...(values !== undefined && { values }) }];
        });
        const pin = common(pins);
        return pin === undefined ? [] : [[application, pin] as const];
    });
    return {
        ...(typeof revision === "string" && { revision }),
        ...(entries.length > 0 && { revisions: Object.fromEntries(entries) }),
    };
}

/** The value that all have; undefined if there are several, or none. */
function common<Value>(values: readonly Value[]): Value | undefined {
    const [first, ...others] = values;
    return others.every((one) => isDeepStrictEqual(one, first)) ? first : undefined;
}
