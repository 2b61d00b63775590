import type { KubeObject } from "../model/object";
import type { Objects } from "../cluster/objects";

/** How an object stands, as far as its status tells. */
export type Readiness =
    | { readonly state: "ready" }
    /** Not yet: what is missing. */
    | { readonly state: "waiting"; readonly message: string }
    /** Never: waiting longer is of no use. */
    | { readonly state: "failed"; readonly message: string };

/** What a readiness rule may look at. */
export interface Observation {
    readonly live: KubeObject;
    readonly objects: Objects;
}

export type ReadinessRule = (observation: Observation) => Readiness | Promise<Readiness>;

export const ready: Readiness = { state: "ready" };

export function waiting(message: string): Readiness {
    return { state: "waiting", message };
}

export function failed(message: string): Readiness {
    return { state: "failed", message };
}
