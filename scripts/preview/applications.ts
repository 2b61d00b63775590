import { parse } from "yaml";
import { nameNormalized } from "../../settings/argoCdName";
import { chosen, type Cluster, type Fleet } from "./fleet";
import { type Parameter, renderTexts } from "./helm";

/** An Application from its ApplicationSet: the fields that the preview reads. */
export interface Application {
    readonly metadata: { readonly name: string };
    readonly spec: {
        readonly source: {
            readonly repoURL: string;
            readonly targetRevision: string;
            readonly path: string;
            readonly helm?: {
                readonly releaseName?: string;
                readonly valueFiles?: readonly string[];
                readonly valuesObject?: object;
                readonly parameters?: readonly Parameter[];
            };
        };
        readonly destination: { readonly server: string; readonly namespace: string };
    };
}

/** An Application and its cluster. */
export interface Placed {
    readonly application: Application;
    readonly cluster: Cluster;
}

/** The Applications of a fleet, by name. */
export async function applicationsOf(fleet: Fleet): Promise<Map<string, Placed>> {
    const clusters = chosen(fleet);
    const { template = {}, templatePatch = "" } = fleet.applicationSet ?? {};
    const texts = [...new Set([...textsOf(template), templatePatch])];
    const rendered = await renderTexts(texts, clusters.map(parameters));
    return new Map(
        clusters.map((cluster, index) => {
            const byText = new Map(texts.map((text, at) => [text, rendered[index]?.[at] ?? ""]));
            const patch: unknown = parse(byText.get(templatePatch) ?? "");
            const application = patched(replaced(template, byText), patch ?? {}) as Application;
            return [application.metadata.name, { application, cluster }];
        }),
    );
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
