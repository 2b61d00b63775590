import { stackAnnotation } from "../../clusters/names";
import type * as kinds from "../../dynamic";
import { nameOf, type PendingOperation, type StateResource } from "../support/state";

/** An object that a run may have made, as its inputs in the state name it. */
export interface Sought {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string | undefined;
    readonly name: string;
    /** Name of the provider that makes it: `hub`, or the cluster's name in the settings. */
    readonly cluster: string;
    /** The stack's mark that it carries if it is this stack's; nothing where the program gives it none. */
    readonly mark: string | undefined;
}

/** A release of Helm that a run may have made. */
export interface SoughtRelease {
    readonly release: string;
    readonly namespace: string;
    readonly cluster: string;
}

/** What has to be known before an operation that was cut off is settled. */
export type Question =
    | { readonly ask: "nothing"; readonly why: string }
    | { readonly ask: "object"; readonly object: Sought }
    | { readonly ask: "release"; readonly release: SoughtRelease }
    | { readonly ask: "operator"; readonly why: string };

/** Dynamic resources whose creation changes nothing outside the state: the next run makes them again. */
const withoutEffect: Record<keyof typeof kinds, string> = {
    access: "it only proves a token",
    drain: "it does nothing before it is deleted",
    guard: "it does nothing before it is deleted",
};

/** What an operation that was cut off leaves to be asked. */
export function questionOf({ type, resource }: PendingOperation, known: readonly StateResource[]): Question {
    switch (type) {
        case "updating":
        case "deleting":
        case "reading":
        case "importing":
            return { ask: "nothing", why: "the next run repeats it" };
        case "creating":
            return known.some((other) => isSame(other, resource))
                ? { ask: "nothing", why: "a later run made it" }
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
        return { ask: "nothing", why: "it is in the state alone" };
    }
    const dynamic = /^pulumi-nodejs:dynamic\/hubspoke:(.*)$/.exec(type)?.[1] ?? "";
    const why = (withoutEffect as Record<string, string>)[dynamic];
    return why === undefined
        ? { ask: "operator", why: `nobody knows what an unfinished ${type} leaves behind` }
        : { ask: "nothing", why };
}

function questionOfObject({ type, inputs = {}, provider = "" }: StateResource): Question {
    const { apiVersion, kind } = inputs;
    const { name, namespace, annotations = {} } = (inputs.metadata ?? {}) as Record<string, unknown>;
    if (typeof apiVersion !== "string" || typeof kind !== "string" || typeof name !== "string") {
        return { ask: "operator", why: `the state does not say in plain which ${type} it is` };
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
        : { ask: "operator", why: "the state does not say in plain which Helm release it is" };
}

/** The state names a provider as its URN and its id. */
function clusterOf(provider: string): string {
    return nameOf(provider.slice(0, provider.lastIndexOf("::")));
}

/** Whether the state has, finished, what an operation was to make. */
function isSame(other: StateResource, made: StateResource): boolean {
    const metadata = (resource: StateResource) => JSON.stringify(namesIn(resource));
    return other.urn === made.urn && !other.delete && !other.pendingReplacement && metadata(other) === metadata(made);
}

function namesIn({ inputs }: StateResource) {
    const { name, namespace } = (inputs?.metadata ?? {}) as Record<string, unknown>;
    return { name, namespace };
}
