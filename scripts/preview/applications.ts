import { parse } from "yaml";
import { nameNormalized } from "../../settings/argoCdName";
import { type ApplicationSet, chosen, type Cluster, type Fleet } from "./fleet";
import { renderTexts } from "./helm";
import type { Sourced } from "./source";

/** An Application from its ApplicationSet: the fields that the preview reads. */
export interface Application {
    readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
    readonly spec: Sourced & { readonly destination: { readonly server: string; readonly namespace: string } };
}

/** An Application and its cluster. */
export interface Placed {
    readonly application: Application;
    readonly cluster: Cluster;
}

/** The Applications of a fleet, by name. */
export async function applicationsOf({ applicationSets, clusters }: Fleet): Promise<Map<string, Placed>> {
    const placed = await Promise.all(applicationSets.map((one) => generated(one, chosen(one, clusters))));
    return new Map(placed.flat());
}

async function generated(
    { template, templatePatch = "" }: ApplicationSet,
    clusters: readonly Cluster[],
): Promise<[string, Placed][]> {
    const texts = [...new Set([...textsOf(template), templatePatch])];
    const rendered = await renderTexts(texts, clusters.map(parameters));
    return clusters.map((cluster, index) => {
        const byText = new Map(texts.map((text, at) => [text, rendered[index]?.[at] ?? ""]));
        const patch: unknown = parse(byText.get(templatePatch) ?? "");
        const application = patched(replaced(template, byText), patch ?? {}) as Application;
        return [application.metadata.name, { application, cluster }];
    });
}

/** The cluster generator's parameters for the template (argo-cd, applicationset/generators/cluster.go). */
function parameters({ name, labels, annotations, server }: Cluster): object {
    return { name, nameNormalized: nameNormalized(name), server, metadata: { labels, annotations }, values: {} };
}

function textsOf(value: unknown): string[] {
    if (typeof value === "string") {
        return value.includes("{{") ? [value] : [];
    }
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

function replaced(value: unknown, texts: ReadonlyMap<string, string>): unknown {
    if (typeof value === "string") {
        return texts.get(value) ?? value;
    }
    if (Array.isArray(value)) {
        return value.map((item) => replaced(item, texts));
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replaced(inner, texts)]))
        : value;
}

/**
 * A JSON merge patch (RFC 7386). Argo CD uses a strategic merge patch, with the same result for an Application: none of
 * its lists has a merge key.
 */
function patched(value: unknown, patch: unknown): unknown {
    if (!isRecord(patch)) {
        return patch;
    }
    const before = isRecord(value) ? value : {};
    const all = { ...before, ...patch };
    return Object.fromEntries(
        Object.entries(all)
            .filter(([key]) => patch[key] !== null)
            .map(([key, inner]) => [key, key in patch ? patched(before[key], inner) : inner]),
    );
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
