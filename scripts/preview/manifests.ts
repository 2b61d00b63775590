import { createTwoFilesPatch } from "diff";
import * as os from "node:os";
import { stringify } from "yaml";
import type { Application } from "./applications";
import { branchOf, type Checkout, chartAt } from "./chart";
import type { ApplicationChange } from "./compareApplications";
import { inFolder } from "../support/folder";
import { helmTemplate } from "./helm";

/** The effect of a change on the manifests that Argo CD delivers to one cluster. */
export interface ManifestChange {
    readonly application: string;
    readonly cluster: string;
    /** Whether it takes effect with the merge of the change, or with the next promotion of a pinned cluster. */
    readonly when: "merged" | "promoted";
    /** Objects that exist only before the change. */
    readonly gone: readonly string[];
    /** The difference, in the unified format; empty if there is none. */
    readonly diff: string;
    /** Why there is no comparison. */
    readonly missing?: string;
}

/** Renders the manifests of each Application before and after the change, and compares them. */
export async function compareManifests(
    changes: readonly ApplicationChange[],
    checkout: Checkout,
): Promise<ManifestChange[]> {
    return inFolder(async (scratch) => {
        const renderer = new Renderer(checkout, scratch);
        const branch = branchOf(checkout.base);
        const compared = await inTurns(changes, async (change) => {
            const { before, after } = change;
            const now = await compare(renderer, change, "merged", [before, after]);
            // The effect of this change on a pinned cluster with its next promotion.
            const moved = after && atRevision(after, branch);
            return moved === undefined || follows(after, branch)
                ? [now]
                : [now, await compare(renderer, change, "promoted", [moved, moved])];
        });
        const isSaid = ({ diff, missing, when }: ManifestChange) =>
            diff !== "" || (missing !== undefined && when === "merged");
        return compared.flat().filter(isSaid);
    });
}

function atRevision(application: Application, targetRevision: string): Application {
    const { spec } = application;
    return { ...application, spec: { ...spec, source: { ...spec.source, targetRevision } } };
}

function follows(application: Application | undefined, branch: string): boolean {
    const revision = application?.spec.source.targetRevision;
    return revision === branch || revision === "HEAD";
}

/** Processes items with limited concurrency: each `helm template` uses one processor. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
    const results: R[] = [];
    const atOnce = os.availableParallelism();
    for (let start = 0; start < items.length; start += atOnce) {
        results.push(...(await Promise.all(items.slice(start, start + atOnce).map(work))));
    }
    return results;
}

/** The manifests of an Application by name, or the reason why there are none. */
type Rendered = { readonly objects: ReadonlyMap<string, string> } | { readonly missing: string };

/** Renders Applications; it renders the same chart with the same values once. */
class Renderer {
    private readonly known = new Map<string, Promise<Rendered>>();

    constructor(
        private readonly checkout: Checkout,
        private readonly scratch: string,
    ) {}

    async render(application: Application | undefined, time: "before" | "after"): Promise<Rendered> {
        if (application === undefined) {
            return { objects: new Map() };
        }
        const { source, destination } = application.spec;
        const chart = await chartAt(this.checkout, this.scratch, source.path, source.targetRevision, time);
        if ("missing" in chart) {
            return chart;
        }
        const rendering = {
            chart: chart.folder,
            release: source.helm?.releaseName ?? application.metadata.name,
            namespace: destination.namespace,
            valueFiles: source.helm?.valueFiles ?? [],
            values: source.helm?.valuesObject ?? {},
            parameters: source.helm?.parameters ?? [],
        };
        const key = JSON.stringify(rendering);
        const known = this.known.get(key) ?? texts(helmTemplate(rendering));
        this.known.set(key, known);
        return known;
    }
}

async function texts(rendering: Promise<unknown[]>): Promise<Rendered> {
    try {
        const text = (object: unknown) => stringify(shown(object), { lineWidth: 0 });
        return { objects: new Map((await rendering).map((object) => [nameOf(object), text(object)])) };
    } catch (error) {
        return { missing: (error as Error).message };
    }
}

interface Manifest {
    readonly kind?: string;
    readonly metadata?: { readonly name?: string };
    readonly data?: object;
    readonly stringData?: object;
}

function nameOf(object: unknown): string {
    const { kind = "?", metadata = {} } = object as Manifest;
    return `${kind} ${metadata.name ?? "?"}`;
}

/** Of a Secret, only the keys are shown. */
function shown(object: unknown): unknown {
    const { kind, data, stringData } = object as Manifest;
    if (kind !== "Secret") {
        return object;
    }
    const hidden = (values: object | undefined) =>
        values && Object.fromEntries(Object.keys(values).map((key) => [key, "[secret]"]));
    return { ...(object as object), data: hidden(data), stringData: hidden(stringData) };
}

async function compare(
    renderer: Renderer,
    { name, cluster }: ApplicationChange,
    when: ManifestChange["when"],
    [old, next]: readonly [Application | undefined, Application | undefined],
): Promise<ManifestChange> {
    const change = { application: name, cluster: cluster.name, when };
    const [before, after] = [await renderer.render(old, "before"), await renderer.render(next, "after")];
    if ("missing" in before || "missing" in after) {
        const reasons = [before, after].flatMap((rendered) => ("missing" in rendered ? [rendered.missing] : []));
        return { ...change, gone: [], diff: "", missing: [...new Set(reasons)].join("; ") };
    }
    return { ...change, ...difference(before.objects, after.objects) };
}

/** The differences between objects with the same name. */
export function difference(
    before: ReadonlyMap<string, string>,
    after: ReadonlyMap<string, string>,
): Pick<ManifestChange, "gone" | "diff"> {
    const names = [...new Set([...before.keys(), ...after.keys()])].sort();
    const changed = names.filter((object) => before.get(object) !== after.get(object));
    return {
        gone: changed.filter((object) => !after.has(object)),
        diff: changed.map((object) => patch(object, before.get(object) ?? "", after.get(object) ?? "")).join(""),
    };
}

/** The unified difference of two texts, without the header lines for files and times. */
function patch(name: string, before: string, after: string): string {
    const lines = createTwoFilesPatch(name, name, before, after, "", "", { context: 3 }).split("\n");
    return `# ${name}\n${lines.filter((line) => !/^(Index: |={5,}|--- |\+\+\+ )/.test(line)).join("\n")}`;
}
