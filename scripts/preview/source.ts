import { parse } from "yaml";
import type { Parameter, Rendering } from "./helm";

/** Where manifests or values files come from (argo-cd, ApplicationSource). */
export interface Source {
    readonly repoURL: string;
    readonly targetRevision: string;
    /** Folder of a chart in Git. */
    readonly path?: string;
    /** Name of a chart in a registry or a Helm repository. */
    readonly chart?: string;
    /** Name by which the chart's values files refer to this source. */
    readonly ref?: string;
    readonly helm?: {
        readonly releaseName?: string;
        readonly valueFiles?: readonly string[];
        readonly valuesObject?: object;
        readonly values?: string;
        readonly parameters?: readonly Parameter[];
    };
}

/** The part of an Application that says where its manifests come from. */
export interface Sourced {
    readonly source?: Source;
    /** Instead of `source`: the chart, and its values files. */
    readonly sources?: readonly Source[];
}

/** All sources of an Application. */
export function allSources({ source, sources }: Sourced): readonly Source[] {
    return sources ?? (source === undefined ? [] : [source]);
}

/** The source of the chart, and that of the values files if they are somewhere else. */
export function chartAndValues(sources: readonly Source[]): { readonly chart?: Source; readonly values?: Source } {
    const [chart] = sources.filter(({ ref }) => ref === undefined);
    const [values] = sources.filter(({ ref }) => ref !== undefined);
    return { ...(chart && { chart }), ...(values && { values }) };
}

/** A chart in a registry or a Helm repository, as Helm names it: a registry has its URL without a scheme here. */
export function publishedChart({
    repoURL,
    chart = "",
    targetRevision: version,
}: Pick<Source, "chart" | "repoURL" | "targetRevision">): Pick<Rendering, "chart" | "repository" | "version"> {
    return /^https?:/.test(repoURL)
        ? { chart, repository: repoURL, version }
        : { chart: `oci://${repoURL}/${chart}`, version };
}

/**
 * How to render the source of a chart, as Argo CD does.
 *
 * @param folder of a chart in Git
 * @param valueFiles paths of its values files, relative to the chart or absolute
 */
export function sourceRendering(
    source: Source,
    { name, namespace, folder, valueFiles }: {
        readonly name: string;
        readonly namespace: string;
        readonly folder: string | undefined;
        readonly valueFiles: readonly string[];
    },
): Rendering {
    const { releaseName = name, valuesObject, values = "", parameters = [] } = source.helm ?? {};
    return {
        ...(folder === undefined ? publishedChart(source) : { chart: folder }),
        release: releaseName,
        namespace,
        valueFiles,
        // Argo CD gives Helm one of the two (argo-cd, ApplicationSourceHelm).
        values: valuesObject ?? ((parse(values) ?? {}) as object),
        parameters,
    };
}
