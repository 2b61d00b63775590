import { chosen, type Cluster, type Fleet } from "./fleet";
import { renderTexts } from "./helm";

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
    const template = fleet.applicationSet?.template ?? {};
    const texts = [...new Set(textsOf(template))];
    const rendered = await renderTexts(texts, clusters.map(parameters));
    return new Map(
        clusters.map((cluster, index) => {
            const byText = new Map(texts.map((text, at) => [text, rendered[index]?.[at] ?? ""]));
            const application = replaced(template, byText) as Application;
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

/** What becomes of an Application. */
export interface ApplicationChange {
    readonly name: string;
    readonly what: "appears" | "vanishes" | "changes" | "stays";
    /** The cluster, as it will be, or as it was. */
    readonly cluster: Cluster;
    readonly before?: Application;
    readonly after?: Application;
    /** For one that vanishes: the hub keeps it until somebody allows its deletion. */
    readonly kept: boolean;
    /** Properties that differ, as `path: before → after`. */
    readonly differences: readonly string[];
}

/**
 * Compares the Applications before and after. One whose cluster leaves goes with it: the stack allows that. One that is
 * no longer selected is kept where the environment is protected.
 */
export function compareApplications(
    before: ReadonlyMap<string, Placed>,
    after: ReadonlyMap<string, Placed>,
    fleet: { readonly before: Fleet; readonly after: Fleet },
): ApplicationChange[] {
    const names = [...new Set([...before.keys(), ...after.keys()])].sort();
    return names.flatMap((name): ApplicationChange[] => {
        const [old, next] = [before.get(name), after.get(name)];
        const cluster = (next ?? old)?.cluster;
        if (cluster === undefined) {
            return [];
        }
        const applications = {
            ...(old && { before: old.application }),
            ...(next && { after: next.application }),
        };
        if (old === undefined || next === undefined) {
            const registered = fleet.after.clusters.some((other) => other.name === cluster.name);
            const kept = next === undefined && registered && fleet.after.kept.includes(cluster.labels.environment ?? "");
            const what = old === undefined ? "appears" : "vanishes";
            return [{ name, what, cluster, kept, differences: [], ...applications }];
        }
        const differences = differencesOf(old.application, next.application);
        const what = differences.length > 0 ? "changes" : "stays";
        return [{ name, what, cluster, kept: false, differences, ...applications }];
    });
}

function differencesOf(before: unknown, after: unknown): string[] {
    const [old, next] = [leaves(before), leaves(after)];
    return [...new Set([...old.keys(), ...next.keys()])]
        .filter((path) => old.get(path) !== next.get(path))
        .map((path) => `${path}: ${old.get(path) ?? "(none)"} → ${next.get(path) ?? "(none)"}`);
}

function leaves(value: unknown, path = ""): Map<string, string> {
    if (typeof value !== "object" || value === null) {
        return new Map([[path, String(value)]]);
    }
    const inner = Object.entries(value).flatMap(([key, item]) => [...leaves(item, path === "" ? key : `${path}.${key}`)]);
    return new Map(inner);
}
