import * as fs from "node:fs";
import * as path from "node:path";
import { argoCdManifests } from "../tools";
import { packageChart } from "./chart";
import { argoCdDir } from "./components";

/** The repository of the argo-cd chart (argo-helm's README). */
const repositoryUrl = "https://argoproj.github.io/argo-helm";
const answerLimitMs = 4_000;

/** The chart from which the lab installs Argo CD. */
export interface ChartChoice {
    /** Folder or archive of the chart; undefined for the repository. */
    readonly path?: string;
    /** A description for the user: which chart this is, and why. */
    readonly description: string;
}

/**
 * Chooses Argo CD's chart: the path in ARGO_CD_CHART, else the argo-helm repository if it answers within
 * seconds, else upstream's own manifests packaged as a chart.
 */
export async function chooseChart(report: (line: string) => void): Promise<ChartChoice> {
    const given = process.env.ARGO_CD_CHART;
    if (given) {
        return { path: existingChart(given), description: `the chart at ${given} (ARGO_CD_CHART)` };
    }
    if (await repositoryAnswers()) {
        return { description: `the argo-cd chart from ${repositoryUrl}` };
    }
    const chart = await packageChart(await argoCdManifests(report), path.join(argoCdDir, "charts"));
    return {
        path: chart,
        description: `Argo CD's own HA manifests as a local chart, because ${repositoryUrl} does not answer`,
    };
}

function existingChart(given: string): string {
    const chart = path.resolve(given);
    const isChart = fs.existsSync(path.join(chart, "Chart.yaml")) || (chart.endsWith(".tgz") && fs.existsSync(chart));
    if (!isChart) {
        throw new Error(
            `ARGO_CD_CHART=${given} is not a Helm chart. Set it to a folder with a Chart.yaml or to a .tgz archive, or unset it`,
        );
    }
    return chart;
}

async function repositoryAnswers(): Promise<boolean> {
    try {
        const signal = AbortSignal.timeout(answerLimitMs);
        const response = await fetch(`${repositoryUrl}/index.yaml`, { method: "HEAD", signal });
        return response.ok;
    } catch {
        return false;
    }
}
