import { nameOf, type PendingOperation } from "../support/state";
import type { Question, Sought } from "./questions";

/** An object as it stands on its cluster. */
export interface Found {
    /** The stack that made it, as it says; nothing where it does not say. */
    readonly mark: string | undefined;
    readonly deleting: boolean;
}

/** What becomes of an operation that was cut off. */
export type Decision =
    | { readonly what: "forget"; readonly why: string }
    | { readonly what: "adopt"; readonly id: string; readonly why: string }
    | { readonly what: "refuse"; readonly why: string };

/**
 * Decides on an operation that was cut off. An object is taken into the state only where it says that this stack made
 * it; what exists without saying so is for a person to judge.
 *
 * @param found what stands on the cluster by the name that was asked for; for a release, whether there is one
 */
export function decide(question: Question, found: Found | undefined): Decision {
    switch (question.ask) {
        case "nothing":
            return { what: "forget", why: question.why };
        case "operator":
            return { what: "refuse", why: `${question.why}. Look, and settle it by \`pulumi refresh\`, which asks` };
        case "object":
            return found === undefined ? notThere : decideOnObject(question.object, found);
        case "release": {
            const { release, namespace } = question.release;
            return found === undefined
                ? notThere
                : {
                      what: "refuse",
                      why:
                          `Helm knows a release ${release} in ${namespace}, and nobody can tell how far it came. ` +
                          `Remove it (helm uninstall ${release} --namespace ${namespace}), then recover again`,
                  };
        }
    }
}

const notThere: Decision = { what: "forget", why: "it was never made" };

function decideOnObject(object: Sought, found: Found): Decision {
    const title = titleOf(object);
    if (object.mark === undefined || found.mark !== object.mark) {
        const maker = found.mark === undefined ? "nothing on it says who made it" : `stack ${found.mark} made it`;
        return {
            what: "refuse",
            why:
                `${title} exists, and ${maker}: it is not taken over. Remove it or rename it if it is in the way, or ` +
                "take it over by `pulumi import`; then recover again",
        };
    }
    if (found.deleting) {
        return { what: "refuse", why: `${title} is being deleted. Wait until it is gone, then recover again` };
    }
    const { namespace, name } = object;
    return { what: "adopt", id: namespace === undefined ? name : `${namespace}/${name}`, why: `${title} is this stack's` };
}

/** A decision, for the user. */
export function sentence({ type, resource }: PendingOperation, { what, why }: Decision): string {
    const operation = `${type} ${nameOf(resource.urn)} was cut off`;
    switch (what) {
        case "forget":
            return `${operation}: ${why}`;
        case "adopt":
            return `${operation}: ${why}, and goes into the state`;
        case "refuse":
            return `${operation}: ${why}`;
    }
}

function titleOf({ kind, namespace, name, cluster }: Sought): string {
    return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`} on ${cluster}`;
}
