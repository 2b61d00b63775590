import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { parse, parseAllDocuments } from "yaml";
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

/** Runs Helm on the argo-cd chart: the one in ARGO_CD_CHART, or the default one from its repository. */
async function helm(command: string[], flags: string[], values = ""): Promise<string> {
    const { repository, version } = defaultChart;
    const path = process.env.ARGO_CD_CHART;
    const chart = path === undefined ? ["argo-cd", "--repo", repository, "--version", version] : [path];
    const running = promisify(execFile)(findHelm(), [...command, ...chart, ...flags], { maxBuffer: 64 * 1024 * 1024 });
    running.child.stdin?.end(values);
    return running.then(
        ({ stdout }) => stdout,
        (error: Error) => {
            throw new Error(
                `${error.message}\nThese tests need the real argo-cd chart ${version}` +
                    (path === undefined
                        ? `, and ${repository} may be out of reach. Download it where that is possible ` +
                          `(helm pull argo-cd --repo ${repository} --version ${version}), and name it in ARGO_CD_CHART`
                        : `; ARGO_CD_CHART=${path} is no such chart, or it lacks its dependencies`),
            );
        },
    );
}

/** Renders the chart as the program's release does; CRDs and Helm's own test pods are left out. */
export async function render(values: ArgoCdValues): Promise<KubeObject[]> {
    const flags = ["--namespace", "argocd", "--kube-version", "1.30.0", "--skip-tests", "--values", "-"];
    const text = await helm(["template", "argocd"], flags, JSON.stringify(values));
    const objects = parseAllDocuments(text).map((document) => document.toJS() as KubeObject | null);
    return objects.filter((object): object is KubeObject => object !== null && object.kind !== "CustomResourceDefinition");
}

/** The chart's default values. */
export async function defaultValues(): Promise<{ configs: { cm: Record<string, string> } }> {
    return parse(await helm(["show", "values"], [])) as { configs: { cm: Record<string, string> } };
}
