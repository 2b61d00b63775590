/** A chart in a Helm repository. */
export interface ChartDefault {
    readonly name: string;
    readonly repository: string;
    /** The default version. */
    readonly version: string;
}

/** The source of a chart in the settings: a folder or archive, an OCI reference, or a Helm repository. */
export interface ChartChoice {
    readonly path?: string | undefined;
    readonly oci?: string | undefined;
    readonly repository?: string | undefined;
    readonly version?: string | undefined;
}

/** The arguments of a Helm release for its chart. */
export function chartSource({ path, oci, repository, version }: ChartChoice, chart: ChartDefault) {
    if (path !== undefined) {
        return { chart: path };
    }
    if (oci !== undefined) {
        return { chart: oci, version };
    }
    return {
        chart: chart.name,
        version: version ?? chart.version,
        repositoryOpts: { repo: repository ?? chart.repository },
    };
}
