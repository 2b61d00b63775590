import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { type Manifest, rulesFor, rulesText } from "../../scripts/rules/kinds";

/** The agent's chart. */
export const chartFolder = path.resolve(__dirname, "../..", "helm");

/** Oldest version that Chart.yaml allows; a helm binary built from its Go module reports only 1.20. */
const kubeVersion = "1.30.0";

/** The values files of every environment and those in ci/, relative to the chart, sorted. */
export function valuesFiles(): string[] {
    const environments = readdirSync(chartFolder).filter((name) => /^values-.+\.yaml$/.test(name));
    const others = readdirSync(path.join(chartFolder, "ci")).map((name) => path.join("ci", name));
    return [...environments, ...others].sort();
}

/**
 * Renders the chart like Argo CD, with the release name `agent`.
 *
 * @param helm path or name of the helm binary
 * @param values a values file, relative to the chart
 * @param settings single values that override the file, such as `cluster.name=prod`
 * @throws Error if helm is not found, or with Helm's message if it fails
 */
export async function renderChart(helm: string, values: string, settings: string[] = []): Promise<string> {
    const sets = settings.flatMap((setting) => ["--set", setting]);
    const options = ["--values", path.join(chartFolder, values), "--kube-version", kubeVersion, ...sets];
    return runHelm(helm, ["template", "agent", chartFolder, ...options]);
}

/** Lints the chart with a values file, in strict mode; throws an error with Helm's message if it fails. */
export async function lintChart(helm: string, values: string): Promise<void> {
    const options = ["--strict", "--values", path.join(chartFolder, values), "--kube-version", kubeVersion];
    await runHelm(helm, ["lint", chartFolder, ...options]);
}

async function runHelm(helm: string, args: string[]): Promise<string> {
    try {
        return (await promisify(execFile)(helm, args)).stdout;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            throw new Error(`helm is not found at "${helm}". Add Helm to PATH, or set HELM to its path`);
        }
        throw error;
    }
}

/** The content of rules/agent.json. */
export async function agentRules(helm: string): Promise<string> {
    const rendered = await Promise.all(valuesFiles().map((values) => renderChart(helm, values)));
    const manifests = rendered.flatMap((text) => parseAllDocuments(text).map((one) => one.toJS() as Manifest | null));
    const allowed = { namespace: "agent", secrets: false, clusterKinds: [], kinds: [] };
    return rulesText(rulesFor(manifests.filter((one) => one !== null), allowed));
}
