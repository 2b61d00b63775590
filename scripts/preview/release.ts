import * as path from "node:path";
import type { Rendering } from "./helm";

/** Paths of charts in the settings are relative to the project's folder. */
const projectRoot = path.resolve(__dirname, "../..");

/** What is read of the inputs of Pulumi's Helm release. */
interface ReleaseInputs {
    readonly chart?: unknown;
    readonly repositoryOpts?: { readonly repo?: unknown };
    readonly version?: unknown;
    readonly name?: unknown;
    readonly namespace?: unknown;
    readonly values?: object;
}

/** How to render a release with the inputs of Pulumi's resource. */
export function renderingOf(inputs: ReleaseInputs): Rendering {
    const { chart, repositoryOpts, version, name, namespace, values = {} } = inputs;
    const [source, repository] = [textOf(chart) ?? "", textOf(repositoryOpts?.repo)];
    const isFolder = repository === undefined && !source.startsWith("oci://");
    return {
        chart: isFolder ? path.resolve(projectRoot, source) : source,
        repository,
        version: isFolder ? undefined : textOf(version),
        release: textOf(name) ?? "release",
        namespace: textOf(namespace) ?? "default",
        valueFiles: [],
        values,
        parameters: [],
    };
}

function textOf(value: unknown): string | undefined {
    return typeof value === "string" ? value : undefined;
}
