import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { parse, parseAllDocuments } from "yaml";
import { oldestChart } from "../../../chartSettings";
import { defaultChart } from "../../../components/argoCd";
import type { ArgoCdValues } from "../../../components/values/argoCd";
import { cachedTool } from "../../../lab/tools/cache";
import { catalogue } from "../../../lab/tools/catalogue";
import type { KubeObject } from "./objects";

/** HELM, or the one that the lab built, or the one on PATH. */
function findHelm(): string {
    const tool = catalogue.find(({ name }) => name === "helm");
    const built = tool === undefined ? "" : cachedTool(tool);
    return process.env.HELM ?? (existsSync(built) ? built : "helm");
}

/** A version of the argo-cd chart, and the words by which Helm finds it. */
export interface Chart {
    readonly name: string;
    readonly words: readonly string[];
    /** What a person does where Helm does not find it. */
    readonly remedy: string;
}

/** The chart in ARGO_CD_CHART, or from its repository the oldest one that the program knows and the default one. */
export function charts(): Chart[] {
    const path = process.env.ARGO_CD_CHART;
    if (path !== undefined) {
        const remedy = `ARGO_CD_CHART=${path} is no such chart, or it lacks its dependencies`;
        return [{ name: `at ${path}`, words: [path], remedy }];
    }
    const { repository } = defaultChart;
    return [oldestChart, defaultChart.version].map((version) => {
        const words = ["argo-cd", "--repo", repository, "--version", version];
        const remedy =
            `${repository} may be out of reach. Download the chart where that is possible ` +
            `(helm pull ${words.join(" ")}), and name it in ARGO_CD_CHART`;
        return { name: version, words, remedy };
    });
}

async function helm(command: string[], { words, remedy }: Chart, flags: string[], values = ""): Promise<string> {
    const running = promisify(execFile)(findHelm(), [...command, ...words, ...flags], { maxBuffer: 64 * 1024 * 1024 });
    running.child.stdin?.end(values);
    return running.then(
        ({ stdout }) => stdout,
        (error: Error) => {
            throw new Error(`${error.message}\nThese tests need the real argo-cd chart; ${remedy}`);
        },
    );
}

/** Renders the chart as the program's release does; CRDs and Helm's own test pods are left out. */
export async function render(chart: Chart, values: ArgoCdValues): Promise<KubeObject[]> {
    const flags = ["--namespace", "argocd", "--kube-version", "1.30.0", "--skip-tests", "--values", "-"];
    const text = await helm(["template", "argocd"], chart, flags, JSON.stringify(values));
    const objects = parseAllDocuments(text).map((document) => document.toJS() as KubeObject | null);
    return objects.filter((object): object is KubeObject => object !== null && object.kind !== "CustomResourceDefinition");
}

/** The chart's default values. */
export async function defaultValues(chart: Chart): Promise<{ configs: { cm: Record<string, string> } }> {
    return parse(await helm(["show", "values"], chart, [])) as { configs: { cm: Record<string, string> } };
}
