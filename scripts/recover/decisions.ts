import { nameOf } from "../../clusters/names";
import type { PendingOperation } from "../support/state";
import type { Question, Sought } from "./questions";

/** An object on its cluster. */
export interface Found {
    /** The stack in its annotation, which created it; undefined without that annotation. */
    readonly mark: string | undefined;
    readonly deleting: boolean;
}

/** What to do with an interrupted operation. */
export type Decision =
    | { readonly what: "forget"; readonly why: string }
    | { readonly what: "adopt"; readonly id: string; readonly why: string }
    | { readonly what: "refuse"; readonly why: string };

/**
 * Decides on an interrupted operation. It adopts an object into the state only if the object's annotation says that
 * this stack created it; a person must decide on every other object that exists.
 *
 * @param found the object with the requested name on the cluster; for a release, whether it exists
 */
export function decide(question: Question, found: Found | undefined): Decision {
    switch (question.ask) {
        case "nothing":
            return { what: "forget", why: question.why };
        case "operator":
            return { what: "refuse", why: `${question.why}. Check it, and answer the questions of \`pulumi refresh\`` };
        case "object":
            return found === undefined ? notThere : decideOnObject(question.object, found);
        case "release": {
            const { release, namespace } = question.release;
            return found === undefined
                ? notThere
                : {
                      what: "refuse",
                      why:
                          `Helm has a release ${release} in ${namespace}, and it may be incomplete. ` +
                          `Remove it (helm uninstall ${release} --namespace ${namespace}), then recover again`,
                  };
        }
    }
}

const notThere: Decision = { what: "forget", why: "it was never created" };

function decideOnObject(object: Sought, found: Found): Decision {
    const title = titleOf(object);
    if (object.mark === undefined || found.mark !== object.mark) {
        const maker = found.mark === undefined ? "it names no stack that created it" : `stack ${found.mark} created it`;
        return {
            what: "refuse",
            why:
                `${title} exists, and ${maker}: it is not adopted. Remove it or rename it if it is in the way, or ` +
                "adopt it with `pulumi import`; then recover again",
        };
    }
    if (found.deleting) {
        return { what: "refuse", why: `${title} is being deleted. Wait until it is deleted, then recover again` };
    }
    const { namespace, name } = object;
    return { what: "adopt", id: namespace === undefined ? name : `${namespace}/${name}`, why: `${title} is this stack's` };
}

/** A decision as a message for the user. */
export function sentence({ type, resource }: PendingOperation, { what, why }: Decision): string {
    const operation = `${type} ${nameOf(resource.urn)} was interrupted`;
    switch (what) {
        case "forget":
            return `${operation}: ${why}`;
        case "adopt":
            return `${operation}: ${why}, and is adopted into the state`;
        case "refuse":
            return `${operation}: ${why}`;
    }
}

function titleOf({ kind, namespace, name, cluster }: Sought): string {
    return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`} on ${cluster}`;
}
