import { isDeepStrictEqual } from "node:util";
import type { Cluster } from "../../../clusters/kubeconfig/fields";
import type * as model from "../plugin/provider";
import { noChanges } from "../plugin/provider";
import { containsUnknowns, reveal, textOf, Unknown, type PropertyMap, type Value } from "../plugin/values";
import { givenCluster } from "./cluster/kubeconfig";
import { readSettings, unsupportedInput } from "./settings";

/** Refuses inputs of the provider resource that the stand-in does not support. */
export function checkConfig(request: model.CheckRequest): model.CheckResult {
    const failures = Object.entries(request.news).flatMap(([property, value]): model.CheckFailure[] => {
        const reason = unsupportedInput(property, text(value));
        return reason === undefined ? [] : [{ property, reason }];
    });
    return { inputs: request.news, failures };
}

/**
 * Whether changed provider inputs mean another cluster, so that everything in it must be created again: if
 * the kubeconfig's entry for the cluster (server, CA) differs. Only a `clusterIdentifier` decides
 * if there is one before and after.
 */
export function diffConfig(request: model.DiffRequest): model.DiffResult {
    const { olds, news } = request;
    const changed = Object.keys({ ...olds, ...news }).filter((key) => !same(olds[key], news[key]));
    if (changed.length === 0) {
        return noChanges;
    }
    const replaces = replacing(changed, olds, news);
    const changes = changed.map((key): [string, model.PropertyChange] => [
        key,
        {
            kind: olds[key] === undefined ? "add" : news[key] === undefined ? "delete" : "update",
            replace: replaces.includes(key),
        },
    ]);
    return { changes: new Map(changes), deleteBeforeReplace: false };
}

const clusterInputs = ["kubeconfig", "context", "cluster"];

function replacing(changed: readonly string[], olds: PropertyMap, news: PropertyMap): readonly string[] {
    const [oldIdentifier, newIdentifier] = [text(olds.clusterIdentifier), text(news.clusterIdentifier)];
    if (oldIdentifier !== "" && newIdentifier !== "") {
        return oldIdentifier === newIdentifier ? [] : ["clusterIdentifier"];
    }
    const involved = clusterInputs.filter((key) => changed.includes(key));
    const unknowns = involved.filter((key) => containsUnknowns(news[key] ?? null));
    if (unknowns.length > 0) {
        return unknowns;
    }
    const [before, after] = [clusterOf(olds), clusterOf(news)];
    return before !== undefined && after !== undefined && !isDeepStrictEqual(before, after) ? involved : [];
}

/**
 * The cluster that the inputs select; undefined when they name no kubeconfig or one that cannot be read now.
 */
function clusterOf(inputs: PropertyMap): Cluster | undefined {
    const strings = Object.entries(inputs).map(([key, value]): [string, string] => [key, text(value)]);
    const settings = readSettings(new Map(strings), {});
    if (settings.kubeconfig === "") {
        return undefined;
    }
    try {
        return givenCluster(settings);
    } catch {
        return undefined;
    }
}

/** An input as the engine hands it to `configure`: strings as they are, everything else as JSON. */
function text(value: Value | undefined): string {
    const plain = reveal(value);
    if (plain === undefined || plain === null || plain instanceof Unknown) {
        return "";
    }
    return textOf(plain);
}

function same(a: Value | undefined, b: Value | undefined): boolean {
    return !containsUnknowns(b ?? null) && text(a) === text(b);
}
