import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { parse, parseAllDocuments } from "yaml";
import { oldestChart } from "../../../settings/chart";
import { argoCdChart } from "../../../components/argoCd/version";
import { cachedTool } from "../../../lab/tools/cache";
import { catalogue } from "../../../lab/tools/catalogue";
import type { KubeObject } from "./objects";

/** HELM, or the one that the lab built, or the one on PATH. */
function findHelm(): string {
    const tool = catalogue.find(({ name }) => name === "helm");
    const built = tool === undefined ? "" : cachedTool(tool);
    return process.env.HELM ?? (existsSync(built) ? built : "helm");
}

/** A version of a chart, the words by which Helm finds it, and the release that the program makes of it. */
export interface Chart {
    readonly name: string;
    readonly release: string;
    readonly namespace: string;
    readonly words: readonly string[];
    /** What a person does where Helm does not find it. */
    readonly remedy: string;
}

/** Where a chart comes from. */
export interface Source {
    /** Name of the chart, and of what the program makes of it. */
    readonly chart: string;
    readonly release: string;
    readonly namespace: string;
    /** Environment variable with the path of a chart. */
    readonly variable: string;
    readonly repository: string;
    readonly versions: readonly string[];
}

/** The chart at the path in the environment, or else those versions of it from its repository. */
export function chartsFrom({ chart, release, namespace, variable, repository, versions }: Source): Chart[] {
    const path = process.env[variable];
    if (path !== undefined) {
        const remedy = `${variable}=${path} is no such chart, or it lacks its dependencies`;
        return [{ name: `${chart} at ${path}`, release, namespace, words: [path], remedy }];
    }
    return versions.map((version) => {
        const words = [chart, "--repo", repository, "--version", version];
        const remedy =
            `${repository} may be out of reach. Download the chart where that is possible ` +
            `(helm pull ${words.join(" ")}), and name it in ${variable}`;
        return { name: `${chart} ${version}`, release, namespace, words, remedy };
    });
}

/** The argo-cd chart: the oldest that the program knows, and the default one. */
export function argoCdCharts(): Chart[] {
    return chartsFrom({
        chart: "argo-cd",
        release: "argocd",
        namespace: "argocd",
        variable: "ARGO_CD_CHART",
        repository: argoCdChart.repository,
        versions: [oldestChart, argoCdChart.version],
    });
}

async function helm(command: string[], { words, remedy }: Chart, flags: string[], values = ""): Promise<string> {
    const running = promisify(execFile)(findHelm(), [...command, ...words, ...flags], { maxBuffer: 64 * 1024 * 1024 });
    running.child.stdin?.end(values);
    return running.then(
        ({ stdout, stderr }) => {
            if (stderr.includes("warning:")) {
                throw new Error(`Helm is not content with the values: ${stderr}`);
            }
            return stdout;
        },
        (error: Error) => {
            throw new Error(`${error.message}\nThese tests need the real chart; ${remedy}`);
        },
    );
}

/** Renders a chart as the program's release does; CRDs and Helm's own test pods are left out. */
export async function render(chart: Chart, values: object): Promise<KubeObject[]> {
    const flags = ["--namespace", chart.namespace, "--kube-version", "1.30.0", "--skip-tests", "--values", "-"];
    const text = await helm(["template", chart.release], chart, flags, JSON.stringify(values));
    const objects = parseAllDocuments(text).map((document) => document.toJS() as KubeObject | null);
    return objects.filter((object): object is KubeObject => object !== null && object.kind !== "CustomResourceDefinition");
}

/** The chart's default values. */
export async function defaultValues(chart: Chart): Promise<{ configs: { cm: Record<string, string> } }> {
    return parse(await helm(["show", "values"], chart, [])) as { configs: { cm: Record<string, string> } };
}
