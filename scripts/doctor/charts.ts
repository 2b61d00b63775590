import * as path from "node:path";
import { helmTemplate } from "../preview/helm";
import { renderingOf } from "../preview/release";
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

export const nothing: Rendered = { findings: [], objects: [], images: [] };

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
        const said = ok(`chart ${path.basename(chart)} ${version}`.trim());
        return rendered(await helmTemplate(rendering), namespace, said);
    } catch (error) {
        const from = repository ?? path.dirname(chart);
        return unrendered(error, `the chart of release ${release}`, `Correct its chart, or the way to ${from}`);
    }
}

/** What a chart would make, where it renders. */
export function rendered(documents: readonly unknown[], namespace: string, said: Finding): Rendered {
    const objects = documents.map((document) => fromManifest(document as object));
    return {
        objects: objects.map((object) => ({ ...object, namespace: object.namespace ?? namespace })),
        images: imagesIn(documents),
        findings: [said],
    };
}

/** Nothing, and why. Of a helm that is not there, the look at this machine has said it. */
export function unrendered(error: unknown, what: string, remedy: string): Rendered {
    const { message } = error as Error;
    const why = message.replace(/^helm template failed: /, "").replace(/^Error: /m, "").split("\n")[0];
    const findings = [finding("fail", `${what} cannot be rendered: ${why}. ${remedy}`)];
    return { ...nothing, findings: message === "helm is not on PATH" ? [] : findings };
}
