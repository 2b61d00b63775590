import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { secretTypeLabel } from "../../clusters/names";
import { applicationsOf } from "../preview/applications";
import type { ApplicationSet, Cluster } from "../preview/fleet";
import { helmTemplate, type Parameter, type Rendering } from "../preview/helm";
import { nothing, type Rendered, rendered, unrendered } from "./charts";
import { finding, ok } from "./finding";
import type { GitRepositories } from "./gitRepositories";
import type { Planned } from "./program";

/** One source of an Application (argo-cd, ApplicationSource). */
interface Source {
    readonly repoURL: string;
    readonly targetRevision: string;
    /** Folder of a chart in Git. */
    readonly path?: string;
    /** Name of a chart in a registry or Helm repository. */
    readonly chart?: string;
    /** The name by which the other source refers to this one's files. */
    readonly ref?: string;
    readonly helm?: {
        readonly releaseName?: string;
        readonly valueFiles?: readonly string[];
        readonly valuesObject?: object;
        readonly values?: string;
        readonly parameters?: readonly Parameter[];
    };
}

/** A chart alone, or with a source of values files. */
interface ApplicationSpec {
    readonly source?: Source;
    readonly sources?: readonly Source[];
    readonly destination: { readonly namespace: string };
}

/** An application on a cluster, as its ApplicationSet would deliver it. */
export interface Delivery {
    readonly name: string;
    /** The stack's own name of the cluster. */
    readonly cluster: string;
    readonly namespace: string;
    /** The chart, and the values files of a chart that is not in Git. */
    readonly sources: readonly Source[];
}

const applicationSetType = "kubernetes:argoproj.io/v1alpha1:ApplicationSet";

/** The clusters that a stack registers, as Argo CD's generator sees them. */
export function registeredBy(resources: readonly Planned[], argoCdNames: Readonly<Record<string, string>>): Cluster[] {
    return resources.flatMap(({ type, name, inputs }) => {
        const { metadata = {} } = inputs as { readonly metadata?: Partial<Pick<Cluster, "annotations" | "labels">> };
        const { labels = {}, annotations = {} } = metadata;
        const isCluster = type === "kubernetes:core/v1:Secret" && labels[secretTypeLabel] === "cluster";
        const cluster = name.replace(/-cluster-secret$/, "");
        const inArgoCd = argoCdNames[cluster] ?? cluster;
        return isCluster ? [{ name: inArgoCd, labels, annotations, stack: cluster, server: "" }] : [];
    });
}

/** What the hub's ApplicationSets would deliver to clusters. It needs `helm`, as the preview does. */
export async function deliveriesTo(clusters: readonly Cluster[], hub: readonly Planned[]): Promise<Delivery[]> {
    const applicationSets = hub
        .filter(({ type }) => type === applicationSetType)
        .map(({ inputs }) => (inputs as { readonly spec: ApplicationSet }).spec);
    const placed = await applicationsOf({ applicationSets, clusters, kept: [] });
    return [...placed].map(([name, { application, cluster }]) => {
        const { source, sources, destination } = application.spec as unknown as ApplicationSpec;
        const all = sources ?? (source === undefined ? [] : [source]);
        return { name, cluster: cluster.stack, namespace: destination.namespace, sources: all };
    });
}

/** Renders what Argo CD would deliver. */
export async function renderDelivery(delivery: Delivery, repositories: GitRepositories): Promise<Rendered> {
    const { name, namespace, sources } = delivery;
    const [chart, files] = [sources.find(({ ref }) => ref === undefined), sources.find(({ ref }) => ref !== undefined)];
    const folders = await Promise.all(
        [chart?.path === undefined ? undefined : chart, files].map(async (source) =>
            source === undefined ? undefined : repositories.at(source.repoURL, source.targetRevision),
        ),
    );
    const missing = folders.flatMap((found) => (found !== undefined && "missing" in found ? [found.missing] : []));
    if (chart === undefined || missing.length > 0) {
        return { ...nothing, findings: missing.map((text) => finding("fail", `${name}: ${text}`)) };
    }
    const [own, values] = folders.map((found) => (found !== undefined && "folder" in found ? found.folder : undefined));
    const rendering = renderingOf(chart, namespace, own, values === undefined ? {} : { [files?.ref ?? ""]: values });
    const absent = absentIn(rendering, own !== undefined);
    if (absent.length > 0) {
        const at = `at ${chart.targetRevision}`;
        const text = `${name}: the chart ${at} has no ${absent.join(" and no ")}. Add it, or correct its path`;
        return { ...nothing, findings: [finding("fail", text)] };
    }
    try {
        const documents = await helmTemplate(rendering);
        return rendered(documents, namespace, ok(`${name}: the chart at ${chart.targetRevision}, with its values`));
    } catch (error) {
        return unrendered(error, `${name}: the chart at ${chart.targetRevision}`, "Correct the chart or its values");
    }
}

/**
 * @param folder of the chart's repository in Git; undefined for a published chart
 * @param refs folders of the other sources, by their names
 */
function renderingOf(
    { repoURL, targetRevision, path: inRepository = "", chart, helm = {} }: Source,
    namespace: string,
    folder: string | undefined,
    refs: Readonly<Record<string, string>>,
): Rendering {
    const inRef = (file: string) => file.replace(/^\$(\w+)/, (text, ref: string) => refs[ref] ?? text);
    const isOci = !repoURL.includes("://");
    const published = {
        chart: isOci ? `oci://${repoURL}/${chart}` : (chart ?? ""),
        repository: isOci ? undefined : repoURL,
        version: targetRevision,
    };
    return {
        ...(folder === undefined ? published : { chart: path.join(folder, inRepository) }),
        release: helm.releaseName ?? "release",
        namespace,
        valueFiles: (helm.valueFiles ?? []).map(inRef),
        // Argo CD gives Helm one of the two (argo-cd, ApplicationSourceHelm).
        values: helm.valuesObject ?? ((parse(helm.values ?? "") ?? {}) as object),
        parameters: helm.parameters ?? [],
    };
}

/** The files of a chart in Git, and of its values, that do not exist. */
function absentIn({ chart, valueFiles }: Rendering, isFolder: boolean): string[] {
    const files = [...(isFolder ? ["Chart.yaml"] : []), ...valueFiles];
    const absent = files.filter((file) => !fs.existsSync(path.resolve(isFolder ? chart : "/", file)));
    return absent.map((file) => path.basename(file));
}
