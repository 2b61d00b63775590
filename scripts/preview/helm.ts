import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { inFolder } from "../support/folder";
import { run } from "../support/run";

/** Limit of one `helm template`, in milliseconds. */
const timeoutMs = 60_000;

/** A value by its path, as in Argo CD's Applications. */
export interface Parameter {
    readonly name: string;
    readonly value: string;
    /** Whether the value is always a string. */
    readonly forceString?: boolean;
}

/** How to render a chart. */
export interface Rendering {
    /** The chart's folder, its OCI reference, or its name in the repository. */
    readonly chart: string;
    /** URL of the chart's repository, and the chart's version, if the chart is no folder. */
    readonly repository?: string | undefined;
    readonly version?: string | undefined;
    readonly release: string;
    readonly namespace: string;
    /** Values files, relative to the chart. */
    readonly valueFiles: readonly string[];
    /** Values that override the files. */
    readonly values: object;
    /** Values that override all other values. */
    readonly parameters: readonly Parameter[];
}

/**
 * Renders a chart with `helm template`, like Argo CD and Pulumi's releases.
 *
 * @throws Error with Helm's message
 */
export async function helmTemplate(rendering: Rendering): Promise<unknown[]> {
    const { chart, repository, version, release, namespace, valueFiles, values, parameters } = rendering;
    return inFolder(async (folder) => {
        const own = path.join(folder, "values.yaml");
        fs.writeFileSync(own, stringify(values));
        const files = [...valueFiles.map((file) => path.resolve(chart, file)), own];
        const source = [
            ...(repository === undefined ? [] : ["--repo", repository]),
            ...(version === undefined ? [] : ["--version", version]),
        ];
        const args = ["template", release, chart, ...source, "--namespace", namespace, "--include-crds", "--skip-tests"];
        const all = [...args, ...files.flatMap((file) => ["--values", file]), ...parameters.flatMap(flagOf)];
        const { ok, stdout, output, notFound, reason } = await run("helm", all, { timeoutMs });
        if (!ok) {
            throw new Error(notFound ? "helm is not on PATH" : `helm template failed: ${output.trim() || reason}`);
        }
        return parseAllDocuments(stdout)
            .map((document) => document.toJS() as unknown)
            .filter((object) => object !== null);
    });
}

/** Argo CD also escapes commas, because a comma would start the next value (argo-cd, util/helm/helm.go). */
function flagOf({ name, value, forceString = false }: Parameter): string[] {
    return [forceString ? "--set-string" : "--set", `${name}=${value.replaceAll(",", "\\,")}`];
}

/** A chart with one template, which renders each text of `.Values.texts` for each item of `.Values.items`. */
const textsChart = {
    "Chart.yaml": "apiVersion: v2\nname: texts\nversion: 1.0.0\n",
    "templates/texts.yaml":
        "{{- range $item := .Values.items }}\n---\nkind: Texts\n" +
        "texts: {{ $rendered := list }}{{- range $.Values.texts }}" +
        "{{- $rendered = append $rendered (tpl . $item) }}{{- end }}{{ toJson $rendered }}\n{{- end }}\n",
};

/**
 * Renders Go templates for each item with Helm's engine, which has the same language and functions as Argo CD's
 * ApplicationSets. But a missing key in an item gives an empty text.
 *
 * @returns the rendered texts of each item, in order
 */
export async function renderTexts(texts: readonly string[], items: readonly object[]): Promise<string[][]> {
    if (texts.length === 0 || items.length === 0) {
        return items.map(() => []);
    }
    return inFolder(async (chart) => {
        fs.mkdirSync(path.join(chart, "templates"));
        for (const [file, text] of Object.entries(textsChart)) {
            fs.writeFileSync(path.resolve(chart, file), text);
        }
        const values = { texts, items };
        const rendering = { chart, release: "texts", namespace: "default", valueFiles: [], values, parameters: [] };
        const documents = await helmTemplate(rendering);
        return documents.map((document) => (document as { texts: string[] }).texts);
    });
}
