import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import { inFolder } from "../support/folder";
import { InputError } from "../../settings/inputError";
import { run, type RunResult } from "../support/run";

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
        // JSON: Helm reads YAML 1.1, in which a plain `off` is no text.
        fs.writeFileSync(own, JSON.stringify(values));
        const files = [...valueFiles.map((file) => path.resolve(chart, file)), own];
        const versioned = version === undefined ? [] : ["--version", version];
        const common = [...versioned, "--namespace", namespace, "--include-crds", "--skip-tests"];
        const given = [...common, ...files.flatMap((file) => ["--values", file]), ...parameters.flatMap(flagOf)];
        const template = (...source: string[]) => run("helm", ["template", release, ...source, ...given], { timeoutMs });
        const direct = await template(chart, ...(repository === undefined ? [] : ["--repo", repository]));
        const isPrivate = repository !== undefined && needsLogin(direct);
        const { ok, stdout, output, notFound, reason } = isPrivate
            ? await template(await withLogin(repository, chart))
            : direct;
        if (!ok) {
            throw new Error(notFound ? "helm is not on PATH" : `helm template failed: ${output.trim() || reason}`);
        }
        return parseAllDocuments(stdout)
            .map((document) => document.toJS() as unknown)
            .filter((object) => object !== null)
            .flatMap(membersOf);
    });
}

/** The members of a List of any kind, as Argo CD has it (argo-cd, reposerver/repository/repository.go, `IsList`). */
export function membersOf(object: unknown): unknown[] {
    const { items } = object as { readonly items?: unknown };
    return Array.isArray(items) ? (items as unknown[]).flatMap(membersOf) : [object];
}

function needsLogin({ ok, output }: Pick<RunResult, "ok" | "output">): boolean {
    return !ok && /\b40[13] (Unauthorized|Forbidden)/.test(output);
}

/**
 * The chart by the name that the user gave its repository: with `--repo` Helm does not use the login of
 * `helm repo add`.
 *
 * @throws InputError if the user has not added the repository
 */
async function withLogin(repository: string, chart: string): Promise<string> {
    const { ok, stdout } = await run("helm", ["repo", "list", "--output", "json"], { timeoutMs });
    const added = ok ? (JSON.parse(stdout) as { readonly name: string; readonly url: string }[]) : [];
    const bare = (url: string) => url.replace(/\/+$/, "");
    const found = added.find(({ url }) => bare(url) === bare(repository));
    if (found === undefined) {
        throw new InputError(
            `the Helm repository ${repository} asks for a login. Log in: ` +
                `helm repo add ${new URL(repository).hostname} ${repository} --username USER --password-stdin`,
        );
    }
    return `${found.name}/${chart}`;
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
