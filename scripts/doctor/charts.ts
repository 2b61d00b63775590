import * as fs from "node:fs";
import * as path from "node:path";
import { helmTemplate } from "../preview/helm";
import { renderingOf } from "../preview/release";
import type { AgentRepository } from "./agentRepository";
import { type Finding, finding, ok } from "./finding";
import { imagesIn } from "./images";
import { certManagerType, fromManifest, type PlannedObject, releaseType } from "./objects";
import type { Planned } from "./program";
import type { Need } from "./rights";

/** What a chart would make. */
export interface Rendered {
    readonly findings: readonly Finding[];
    readonly objects: readonly PlannedObject[];
    readonly images: readonly string[];
}

const nothing: Rendered = { findings: [], objects: [], images: [] };

/** A Helm release of the stack, and its cluster. */
export interface PlannedRelease {
    readonly cluster: string;
    readonly inputs: Parameters<typeof renderingOf>[0];
}

/** The releases of the stack; the component of cert-manager makes one on the hub. */
export function releasesIn(resources: readonly Planned[]): PlannedRelease[] {
    return resources.flatMap(({ type, inputs, cluster = "hub" }) => {
        if (type === certManagerType) {
            const { helmOptions } = inputs as { helmOptions: object };
            return [{ cluster, inputs: { chart: "cert-manager", ...helmOptions } }];
        }
        return type === releaseType ? [{ cluster, inputs: inputs as object }] : [];
    });
}

/** The rights for Helm's own records. */
export function recordNeeds({ inputs }: PlannedRelease): Need[] {
    const { namespace } = renderingOf(inputs);
    const verbs = ["create", "get", "list", "update", "delete"];
    return verbs.map((verb) => ({ verb, group: "", resource: "secrets", namespace, granted: false }));
}

/** Renders a release with `helm template`, which also fetches its chart. */
export async function renderRelease({ inputs }: PlannedRelease): Promise<Rendered> {
    const rendering = renderingOf(inputs);
    const { chart, repository, release, namespace, version = "" } = rendering;
    try {
        const documents = await helmTemplate(rendering);
        return { ...asObjects(documents, namespace), findings: [ok(`chart ${path.basename(chart)} ${version}`.trim())] };
    } catch (error) {
        const from = repository ?? path.dirname(chart);
        return { ...nothing, findings: failed(error, `the chart of release ${release}`, `Correct its chart, or the way to ${from}`) };
    }
}

/** One cluster that gets the agent. */
export interface Delivery {
    readonly cluster: string;
    readonly environment: string;
    readonly revision: string;
    readonly namespace: string;
    /** Values that the ApplicationSet gives to the chart. */
    readonly values: object;
}

/** Renders the agent's chart for a cluster as Argo CD would. */
export async function renderAgent(repository: AgentRepository, delivery: Delivery): Promise<Rendered> {
    const { cluster, environment, revision, namespace, values } = delivery;
    const found = await repository.chart(revision);
    if ("missing" in found) {
        return { ...nothing, findings: [finding("fail", `${cluster}: ${found.missing}`)] };
    }
    const valueFiles = ["values.yaml", `values-${environment}.yaml`];
    const absent = valueFiles.filter((file) => !fs.existsSync(path.join(found.folder, file)));
    if (absent.length > 0) {
        const text = `${cluster}: the agent's chart at ${revision} has no ${absent.join(" and no ")}. Add it beside Chart.yaml`;
        return { ...nothing, findings: [finding("fail", text)] };
    }
    const rendering = { chart: found.folder, repository: undefined, release: "agent", namespace, valueFiles, values, parameters: [] };
    try {
        const documents = await helmTemplate(rendering);
        const said = `${cluster}: the agent's chart at ${revision}, with values-${environment}.yaml`;
        return { ...asObjects(documents, namespace), findings: [ok(said)] };
    } catch (error) {
        return { ...nothing, findings: failed(error, `${cluster}: the agent's chart at ${revision}`, "Correct the chart or its values") };
    }
}

function asObjects(documents: readonly unknown[], namespace: string): Pick<Rendered, "objects" | "images"> {
    const objects = documents.map((document) => fromManifest(document as object));
    return {
        objects: objects.map((object) => ({ ...object, namespace: object.namespace ?? namespace })),
        images: imagesIn(documents),
    };
}

/** The first check says it once if there is no helm. */
function failed(error: unknown, what: string, remedy: string): Finding[] {
    const { message } = error as Error;
    const why = message.replace(/^helm template failed: /, "").replace(/^Error: /m, "").split("\n")[0];
    return message === "helm is not on PATH" ? [] : [finding("fail", `${what} cannot be rendered: ${why}. ${remedy}`)];
}
