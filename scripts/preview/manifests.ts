import { createTwoFilesPatch } from "diff";
import { stringify } from "yaml";
import type { Application, ApplicationChange } from "./applications";
import { branchOf, type Checkout, chartAt } from "./chart";
import { helmTemplate, inFolder } from "./helm";

/** What a change does to what Argo CD delivers to one cluster. */
export interface ManifestChange {
    readonly application: string;
    readonly cluster: string;
    /** Whether it comes when the change is merged, or with the next promotion of a cluster that is pinned. */
    readonly when: "merged" | "promoted";
    /** Objects that are there before and not after. */
    readonly gone: readonly string[];
    /** The difference, in the unified format; empty where there is none. */
    readonly diff: string;
    /** Why there is no comparison. */
    readonly missing?: string;
}

/** Renders, for each Application, what is delivered before and after, and compares the two. */
export async function compareManifests(
    changes: readonly ApplicationChange[],
    checkout: Checkout,
): Promise<ManifestChange[]> {
    return inFolder(async (scratch) => {
        const all: ManifestChange[] = [];
        for (const change of changes) {
            const before = await renderedAt(change.before, checkout, scratch, "before");
            const after = await renderedAt(change.after, checkout, scratch, "after");
            all.push(compare(change, "merged", before, after));
            const pinned = change.after?.spec.source;
            if (pinned !== undefined && pinned.targetRevision !== branchOf(checkout.base)) {
                const moved = atRevision(change.after, branchOf(checkout.base));
                const base = await renderedAt(moved, checkout, scratch, "before");
                const head = await renderedAt(moved, checkout, scratch, "after");
                all.push(compare(change, "promoted", base, head));
            }
        }
        return all.filter(({ diff, missing, when }) => diff !== "" || (missing !== undefined && when === "merged"));
    });
}

function atRevision(application: Application | undefined, targetRevision: string): Application | undefined {
    return (
        application && {
            ...application,
            spec: { ...application.spec, source: { ...application.spec.source, targetRevision } },
        }
    );
}

type Rendered = { readonly objects: ReadonlyMap<string, string> } | { readonly missing: string };

async function renderedAt(
    application: Application | undefined,
    checkout: Checkout,
    scratch: string,
    time: "before" | "after",
): Promise<Rendered> {
    if (application === undefined) {
        return { objects: new Map() };
    }
    const { source, destination } = application.spec;
    const chart = await chartAt(checkout, scratch, source.path, source.targetRevision, time);
    if ("missing" in chart) {
        return chart;
    }
    try {
        const objects = await helmTemplate({
            chart: chart.folder,
            release: source.helm?.releaseName ?? application.metadata.name,
            namespace: destination.namespace,
            valueFiles: source.helm?.valueFiles ?? [],
            values: source.helm?.valuesObject ?? {},
        });
        const texts = objects.map((object) => [nameOf(object), stringify(shown(object), { lineWidth: 0 })] as const);
        return { objects: new Map(texts) };
    } catch (error) {
        return { missing: (error as Error).message };
    }
}

interface Manifest {
    readonly kind?: string;
    readonly metadata?: { readonly namespace?: string; readonly name?: string };
    readonly data?: object;
    readonly stringData?: object;
}

function nameOf(object: unknown): string {
    const { kind = "?", metadata = {} } = object as Manifest;
    return `${kind} ${metadata.name ?? "?"}`;
}

/** A Secret shows its keys alone. */
function shown(object: unknown): unknown {
    const { kind, data, stringData } = object as Manifest;
    if (kind !== "Secret") {
        return object;
    }
    const hidden = (values: object | undefined) =>
        values && Object.fromEntries(Object.keys(values).map((key) => [key, "[secret]"]));
    return { ...(object as object), data: hidden(data), stringData: hidden(stringData) };
}

function compare(
    { name, cluster }: ApplicationChange,
    when: ManifestChange["when"],
    before: Rendered,
    after: Rendered,
): ManifestChange {
    const base = { application: name, cluster: cluster.name, when };
    if ("missing" in before || "missing" in after) {
        const reasons = [before, after].flatMap((rendered) => ("missing" in rendered ? [rendered.missing] : []));
        return { ...base, gone: [], diff: "", missing: [...new Set(reasons)].join("; ") };
    }
    const names = [...new Set([...before.objects.keys(), ...after.objects.keys()])].sort();
    const diff = names.flatMap((object) => {
        const [old = "", next = ""] = [before.objects.get(object), after.objects.get(object)];
        return old === next ? [] : [patch(object, old, next)];
    });
    return { ...base, gone: names.filter((object) => !after.objects.has(object)), diff: diff.join("") };
}

/** The unified difference of two texts, without the lines that name files and times. */
function patch(name: string, before: string, after: string): string {
    const lines = createTwoFilesPatch(name, name, before, after, "", "", { context: 3 }).split("\n");
    return `# ${name}\n${lines.filter((line) => !/^(={5,}|--- |\+\+\+ )/.test(line)).join("\n")}`;
}
