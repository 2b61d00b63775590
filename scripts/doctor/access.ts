import type { ClusterAddress } from "../../clusters/kubeconfig";
import { ask } from "../../clusters/request";
import { once } from "../../preflight/once";
import { inParallel } from "../support/inParallel";
import { everything, type Need, type Right } from "./rights";

/** Questions to an API server at the same time. */
const atOnce = 8;

/** Asks an API server whether the kubeconfig's identity has a right; each right is asked for once. */
export function accessOf(cluster: ClusterAddress): (right: Right) => Promise<boolean> {
    const asked = new Map<string, () => Promise<boolean>>();
    return ({ verb, group, resource, namespace, name }) => {
        const [plural, subresource] = resource.split("/");
        const resourceAttributes = { verb, group, resource: plural, subresource, namespace, name };
        const key = JSON.stringify(resourceAttributes);
        const found = asked.get(key) ?? once(() => review(cluster, resourceAttributes));
        asked.set(key, found);
        return found();
    };
}

async function review(cluster: ClusterAddress, resourceAttributes: object): Promise<boolean> {
    const path = "apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    const body = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec: { resourceAttributes } };
    const { status, body: answer } = await ask(cluster, path, { method: "POST", body });
    if (status !== 201) {
        throw new Error(
            `hubspoke:${cluster.setting}: the API server answers ${status} to a SelfSubjectAccessReview. Log in again, or ask ` +
                "its administrators why the role system:basic-user is not bound to this identity",
        );
    }
    return (JSON.parse(answer) as { status: { allowed: boolean } }).status.allowed;
}

/** The needs that the identity has no right for. */
export async function missing(needs: readonly Need[], may: (right: Right) => Promise<boolean>): Promise<Need[]> {
    if (await may(everything)) {
        return [];
    }
    const allowed = await inParallel(needs, atOnce, async (need) => {
        return (await may(need)) || (need.or !== undefined && (await may(need.or)));
    });
    return needs.filter((_, index) => !allowed[index]);
}

/** One sentence for each namespace, of the rights that are missing there. */
export function describeMissing(denied: readonly Need[]): string[] {
    const lines = new Map<string, Map<string, Set<string>>>();
    for (const { granted, verb, group, resource, namespace } of denied) {
        const place = namespace === undefined ? "in the whole cluster" : `in namespace ${namespace}`;
        const what = granted ? `may not grant Argo CD ${place}` : `may not ${place}`;
        const resources = lines.get(what) ?? new Map<string, Set<string>>();
        const name = group === "" ? resource : `${resource}.${group}`;
        resources.set(name, (resources.get(name) ?? new Set()).add(verb));
        lines.set(what, resources);
    }
    return [...lines].map(([what, resources]) => `${what}: ${byVerbs(resources).join("; ")}`);
}

/** Resources with the same verbs in one phrase. */
function byVerbs(resources: ReadonlyMap<string, ReadonlySet<string>>): string[] {
    const phrases = new Map<string, string[]>();
    for (const [name, verbs] of resources) {
        const list = [...verbs].join(", ");
        phrases.set(list, [...(phrases.get(list) ?? []), name]);
    }
    return [...phrases].map(([verbs, names]) => `${verbs} ${names.join(", ")}`);
}
