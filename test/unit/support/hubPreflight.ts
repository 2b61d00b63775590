import { checkHub, type HubFacts } from "../../../preflight/hub";
import { checked } from "../../../scripts/doctor/program";
import { hubSettings } from "./hub";
import { type ObjectStore, objectStore, type StoredObject } from "./objectStore";

export const stack = "organization/hubspoke/hub";
export const ofStack = { annotations: { "hubspoke/stack": stack } };
export const namespacePath = "api/v1/namespaces/argocd";

/** The API groups that a hub serves. */
export const served = (...groups: string[]) => ({ apis: { groups: groups.map((name) => ({ name })) } });

/** A node that takes pods. */
export const nodes = (...names: string[]) => Object.fromEntries(names.map((name) => [`api/v1/nodes/${name}`, { metadata: { name } }]));

/** A cluster Secret of a stack; without one, of another tool. */
export function clusterSecret(
    name: string,
    { stack: owner, server = `https://${name}.example.com`, labels = {} }: { stack?: string; server?: string; labels?: object } = {},
): Record<string, StoredObject> {
    const encode = (text: string) => Buffer.from(text).toString("base64");
    return {
        [`${namespacePath}/secrets/cluster-${name}`]: {
            metadata: {
                name: `cluster-${name}`,
                labels: { "argocd.argoproj.io/secret-type": "cluster", ...labels },
                annotations: { ...(owner !== undefined && { "hubspoke/stack": owner }) },
            },
            data: { name: encode(name), server: encode(server) },
        },
    };
}

/** What the checks of a hub give. */
export interface Checked {
    readonly facts: HubFacts | undefined;
    /** The error's text; empty without one. */
    readonly error: string;
    readonly warnings: readonly string[];
}

/**
 * Checks a hub as the first preview does.
 *
 * @param objects on the hub, by their paths; by default it serves only Kubernetes' own API groups, and has three nodes
 * @param settings beyond the least ones
 */
export async function checkedHub(
    objects: Readonly<Record<string, StoredObject>> = {},
    settings: object = {},
): Promise<Checked> {
    const hub: ObjectStore = await objectStore({ ...served(), ...nodes("a", "b", "c"), ...objects });
    try {
        const given = hubSettings({ cluster: { kubeconfig: hub.kubeconfig }, ...settings });
        const { facts, error, warnings } = await checked(stack, () => checkHub(given, stack));
        return { facts, error: error === undefined ? "" : (error as Error).message, warnings };
    } finally {
        await hub.close();
    }
}
