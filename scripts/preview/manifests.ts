import { createTwoFilesPatch } from "diff";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { nameLabel } from "../../clusters/names";
import { agentKey } from "../../settings/agentKey";
import type { Application } from "./applications";
import { branchOf, type Checkout, folderAt, originOf, sameRepository } from "./chart";
import type { ApplicationChange } from "./compareApplications";
import { inFolder } from "../support/folder";
import { inParallel } from "../support/inParallel";
import { helmTemplate } from "./helm";
import { allSources, chartAndValues, type Source, sourceRendering } from "./source";

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
        // Each `helm template` uses one processor.
        const compared = await inParallel(changes, os.availableParallelism(), async (change) => {
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

/** URLs of the repositories that the agent's Applications read; undefined if there are none. */
export function agentRepositories(changes: readonly ApplicationChange[]): readonly string[] | undefined {
    const applications = changes.flatMap(({ before, after }) => [before, after].filter((one) => one !== undefined));
    const agents = applications.filter(({ metadata }) => metadata.labels?.[nameLabel] === agentKey);
    const urls = agents.flatMap(({ spec }) => allSources(spec).map(({ repoURL }) => repoURL));
    return urls.length === 0 ? undefined : [...new Set(urls)];
}

/** The Application with its sources in Git at a revision. */
function atRevision(application: Application, targetRevision: string): Application {
    const { spec } = application;
    const moved = (source: Source) => (source.chart === undefined ? { ...source, targetRevision } : source);
    return {
        ...application,
        spec: {
            ...spec,
            ...(spec.source && { source: moved(spec.source) }),
            ...(spec.sources && { sources: spec.sources.map(moved) }),
        },
    };
}

/** Whether what of the Application is in Git follows the branch. */
function follows(application: Application | undefined, branch: string): boolean {
    const { chart, values } = chartAndValues(application === undefined ? [] : allSources(application.spec));
    const inGit = chart?.chart === undefined ? chart : values;
    return inGit === undefined || inGit.targetRevision === branch || inGit.targetRevision === "HEAD";
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
        const { chart, values } = chartAndValues(allSources(application.spec));
        if (chart === undefined) {
            return { missing: "it has no chart" };
        }
        const inGit = chart.chart === undefined ? await this.folderOf(chart, chart.path ?? ".", time) : undefined;
        const files = await this.valuesFiles(chart, values, time);
        if (inGit !== undefined && "missing" in inGit) {
            return inGit;
        }
        if ("missing" in files) {
            return files;
        }
        const rendering = sourceRendering(chart, {
            name: application.metadata.name,
            namespace: application.spec.destination.namespace,
            folder: inGit?.folder,
            valueFiles: files.files,
        });
        const key = JSON.stringify(rendering);
        const known = this.known.get(key) ?? texts(helmTemplate(rendering));
        this.known.set(key, known);
        return known;
    }

    /** The chart's values files: relative to the chart, or in a folder of another source. */
    private async valuesFiles(
        { helm = {} }: Source,
        values: Source | undefined,
        time: "before" | "after",
    ): Promise<{ files: readonly string[] } | { missing: string }> {
        const files = helm.valueFiles ?? [];
        const prefix = `$${values?.ref ?? ""}/`;
        if (values === undefined || !files.some((file) => file.startsWith(prefix))) {
            return { files };
        }
        const folders = await Promise.all(
            files.map((file) => this.folderOf(values, path.dirname(file.slice(prefix.length)), time)),
        );
        const missing = folders.find((folder) => "missing" in folder);
        const paths = folders.map((at, index) => ("folder" in at ? path.join(at.folder, path.basename(files[index] ?? "")) : ""));
        return missing !== undefined && "missing" in missing ? missing : { files: paths };
    }

    private async folderOf({ repoURL, targetRevision }: Source, folder: string, time: "before" | "after") {
        const own = this.checkout.of ?? [(await originOf(this.checkout.folder)) ?? ""];
        if (!own.some((url) => sameRepository(url, repoURL))) {
            return {
                missing: `${repoURL} is not the repository of this checkout; for the agent's, set --agent to a checkout of it`,
            };
        }
        return folderAt(this.checkout, this.scratch, folder, targetRevision, time);
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
