import type { KubeObject } from "../model/object";
import type { Objects } from "../cluster/objects";

/** The readiness of an object, by its status. */
export type Readiness =
    | { readonly state: "ready" }
    /** Not yet: what is missing. */
    | { readonly state: "waiting"; readonly message: string }
    /** It will never be ready: a longer wait does not help. */
    | { readonly state: "failed"; readonly message: string };

/** What a readiness rule may look at. */
export interface Observation {
    readonly live: KubeObject;
    readonly objects: Objects;
}

export type ReadinessRule = (observation: Observation) => Readiness | Promise<Readiness>;

export const ready: Readiness = { state: "ready" };

/** Not ready yet; the message says what is missing. */
export function waiting(message: string): Readiness {
    return { state: "waiting", message };
}

/** Never to be ready: the wait ends with the message. */
export function failed(message: string): Readiness {
    return { state: "failed", message };
}
