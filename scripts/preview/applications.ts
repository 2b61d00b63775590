import { parse } from "yaml";
import { chosen, type Cluster, type Fleet } from "./fleet";
import { type Parameter, renderTexts } from "./helm";

/** An Application as its ApplicationSet makes it, as far as it is read here. */
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

/** An Application and the cluster that it is for. */
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

/** What the cluster generator hands to the template (argo-cd, applicationset/generators/cluster.go). */
function parameters({ name, labels, annotations, server }: Cluster): object {
    return { name, nameNormalized: name, server, metadata: { labels, annotations }, values: {} };
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
 * A merge patch as RFC 7386 has it. Argo CD's is a strategic one, which does the same with an Application: none of its
 * lists has a key by which to merge.
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
