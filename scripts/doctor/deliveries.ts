import * as fs from "node:fs";
import * as path from "node:path";
import { secretTypeLabel } from "../../clusters/names";
import { applicationsOf } from "../preview/applications";
import type { ApplicationSet, Cluster } from "../preview/fleet";
import { helmTemplate, type Rendering } from "../preview/helm";
import { allSources, chartAndValues, type Source, sourceRendering } from "../preview/source";
import { nothing, type Rendered, rendered, unrendered } from "./charts";
import { finding, ok } from "./finding";
import type { GitRepositories } from "../support/gitRepositories";
import type { Planned } from "./program";

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

/** What Argo CD would deliver to a cluster; of none, what stopped the look at all of them. */
export interface RenderedDelivery extends Rendered {
    /** The stack's own name of the cluster. */
    readonly cluster: string;
}

/** Renders what the hub's ApplicationSets would deliver to clusters. A failure is a finding. */
export async function renderDeliveries(
    clusters: readonly Cluster[],
    hub: readonly Planned[],
    repositories: GitRepositories,
): Promise<RenderedDelivery[]> {
    try {
        const render = async (one: Delivery) => {
            return { ...(await renderDelivery(one, repositories)), cluster: one.cluster };
        };
        return await Promise.all((await deliveriesTo(clusters, hub)).map(render));
    } catch (error) {
        return [{ ...unrendered(error, "the ApplicationSets", "Correct the applications' settings"), cluster: "" }];
    }
}

/** The Applications of the hub's ApplicationSets. It needs `helm`, as the preview does. */
async function deliveriesTo(clusters: readonly Cluster[], hub: readonly Planned[]): Promise<Delivery[]> {
    const applicationSets = hub
        .filter(({ type }) => type === applicationSetType)
        .map(({ inputs }) => (inputs as { readonly spec: ApplicationSet }).spec);
    const placed = await applicationsOf({ applicationSets, clusters, kept: [] });
    return [...placed].map(([name, { application, cluster }]) => {
        const { namespace } = application.spec.destination;
        return { name, cluster: cluster.stack, namespace, sources: allSources(application.spec) };
    });
}

/** Renders what Argo CD would deliver. */
export async function renderDelivery(delivery: Delivery, repositories: GitRepositories): Promise<Rendered> {
    const { name, namespace, sources } = delivery;
    const { chart, values } = chartAndValues(sources);
    const folders = await Promise.all(
        [chart?.path === undefined ? undefined : chart, values].map(async (source) =>
            source === undefined ? undefined : repositories.at(source.repoURL, source.targetRevision),
        ),
    );
    const missing = folders.flatMap((found) => (found !== undefined && "missing" in found ? [found.missing] : []));
    if (chart === undefined || missing.length > 0) {
        return { ...nothing, findings: missing.map((text) => finding("fail", `${name}: ${text}`)) };
    }
    const [own, other] = folders.map((found) => (found !== undefined && "folder" in found ? found.folder : undefined));
    const prefix = `$${values?.ref ?? ""}/`;
    const inOther = (file: string) => (other === undefined ? file : file.replace(prefix, `${other}/`));
    const rendering = sourceRendering(chart, {
        name,
        namespace,
        folder: own && path.join(own, chart.path ?? ""),
        valueFiles: (chart.helm?.valueFiles ?? []).map(inOther),
    });
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

/** The files of a chart in Git, and of its values, that do not exist. */
function absentIn({ chart, valueFiles }: Rendering, isFolder: boolean): string[] {
    const files = [...(isFolder ? ["Chart.yaml"] : []), ...valueFiles];
    const absent = files.filter((file) => !fs.existsSync(path.resolve(isFolder ? chart : "/", file)));
    return absent.map((file) => path.basename(file));
}
