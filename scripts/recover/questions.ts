import { stackAnnotation } from "../../clusters/names";
import type * as kinds from "../../dynamic";
import { nameOf } from "../../clusters/names";
import type { PendingOperation, StateResource } from "../support/state";

/** An object that a run may have created, by its inputs in the state. */
export interface Sought {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string | undefined;
    readonly name: string;
    /** Name of its provider: `hub`, or the cluster's name in the settings. */
    readonly cluster: string;
    /** The stack's mark, if it belongs to this stack; undefined if the program does not set one. */
    readonly mark: string | undefined;
}

/** A Helm release that a run may have created. */
export interface SoughtRelease {
    readonly release: string;
    readonly namespace: string;
    readonly cluster: string;
}

/** What to find out before a decision on an interrupted operation. */
export type Question =
    | { readonly ask: "nothing"; readonly why: string }
    | { readonly ask: "object"; readonly object: Sought }
    | { readonly ask: "release"; readonly release: SoughtRelease }
    | { readonly ask: "operator"; readonly why: string };

/** Dynamic resources whose creation changes nothing outside the state: the next run creates them again. */
const withoutEffect: Record<keyof typeof kinds, string> = {
    access: "it only checks a token",
    // A token that nobody knows ends by itself.
    boundToken: "it only requests a token",
    connection: "it only waits for Argo CD",
    departures: "it acts only when an application leaves",
    drain: "it acts only on deletion",
    guard: "it acts only on deletion",
};

/** The question that an interrupted operation leaves open. */
export function questionOf({ type, resource }: PendingOperation, known: readonly StateResource[]): Question {
    switch (type) {
        case "updating":
        case "deleting":
        case "reading":
        case "importing":
            return { ask: "nothing", why: "the next run repeats it" };
        case "creating":
            return known.some((other) => isSame(other, resource))
                ? { ask: "nothing", why: "a later run created it" }
                : questionOfCreation(resource);
    }
}

function questionOfCreation(resource: StateResource): Question {
    const { type } = resource;
    if (type === "kubernetes:helm.sh/v3:Release") {
        return questionOfRelease(resource);
    }
    if (type.startsWith("kubernetes:")) {
        return questionOfObject(resource);
    }
    if (/^(random:|hubspoke:|pulumi:(providers|pulumi):)/.test(type)) {
        return { ask: "nothing", why: "it is only in the state" };
    }
    const dynamic = /^pulumi-nodejs:dynamic\/hubspoke:(.*)$/.exec(type)?.[1] ?? "";
    const why = (withoutEffect as Record<string, string>)[dynamic];
    return why === undefined
        ? { ask: "operator", why: `an interrupted ${type} can leave unknown objects` }
        : { ask: "nothing", why };
}

function questionOfObject({ type, inputs = {}, provider = "" }: StateResource): Question {
    const { apiVersion, kind } = inputs;
    const { name, namespace, annotations = {} } = (inputs.metadata ?? {}) as Record<string, unknown>;
    if (typeof apiVersion !== "string" || typeof kind !== "string" || typeof name !== "string") {
        return { ask: "operator", why: `the state does not show in plain text which ${type} it is` };
    }
    const mark = (annotations as Record<string, unknown>)[stackAnnotation];
    const object = {
        apiVersion,
        kind,
        name,
        namespace: typeof namespace === "string" ? namespace : undefined,
        cluster: clusterOf(provider),
        mark: typeof mark === "string" ? mark : undefined,
    };
    return { ask: "object", object };
}

function questionOfRelease({ inputs = {}, provider = "" }: StateResource): Question {
    const { name, namespace } = inputs;
    return typeof name === "string" && typeof namespace === "string"
        ? { ask: "release", release: { release: name, namespace, cluster: clusterOf(provider) } }
        : { ask: "operator", why: "the state does not show in plain text which Helm release it is" };
}

/** The state refers to a provider by its URN and its ID. */
function clusterOf(provider: string): string {
    return nameOf(provider.slice(0, provider.lastIndexOf("::")));
}

/** Whether the state already contains the completed resource of an operation. */
function isSame(other: StateResource, made: StateResource): boolean {
    const metadata = (resource: StateResource) => JSON.stringify(namesIn(resource));
    return other.urn === made.urn && !other.delete && !other.pendingReplacement && metadata(other) === metadata(made);
}

function namesIn({ inputs }: StateResource) {
    const { name, namespace } = (inputs?.metadata ?? {}) as Record<string, unknown>;
    return { name, namespace };
}
