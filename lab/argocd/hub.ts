import { setTimeout as sleep } from "node:timers/promises";
import { ApiException, AppsV1Api, CoreV1Api, CustomObjectsApi, KubeConfig } from "@kubernetes/client-node";
import type { V1PodSpec } from "@kubernetes/client-node";
import { kubeconfigPath } from "../paths";

/** The hub's namespace in which Argo CD lives. */
export const argoCdNamespace = "argocd";

/** The hub's context in the lab's kubeconfig. */
const hubContext = "hub";

const answerLimitMs = 15_000;

/** Clients of the hub's API server. */
export interface Hub {
    readonly core: CoreV1Api;
    readonly apps: AppsV1Api;
    readonly objects: CustomObjectsApi;
}

/** Connects to the hub through the lab's kubeconfig. */
export function connectToHub(): Hub {
    const config = hubKubeConfig();
    return {
        core: config.makeApiClient(CoreV1Api),
        apps: config.makeApiClient(AppsV1Api),
        objects: config.makeApiClient(CustomObjectsApi),
    };
}

/** A kubeconfig of the hub alone, current context and namespace set: all that a component may know. */
export function hubKubeConfig(): KubeConfig {
    const all = new KubeConfig();
    all.loadFromFile(kubeconfigPath);
    const context = all.getContextObject(hubContext);
    const cluster = context && all.getCluster(context.cluster);
    const user = context && all.getUser(context.user);
    if (!cluster || !user) {
        throw new Error(`${kubeconfigPath} has no complete context "${hubContext}": start the lab's clusters first`);
    }
    const alone = new KubeConfig();
    alone.loadFromOptions({
        clusters: [cluster],
        users: [user],
        contexts: [{ ...context, namespace: argoCdNamespace }],
        currentContext: hubContext,
    });
    return alone;
}

/** The entries of a ConfigMap in Argo CD's namespace; undefined when there is no such ConfigMap. */
export async function readConfigMap(hub: Hub, name: string): Promise<Record<string, string> | undefined> {
    const found = await ifExists(hub.core.readNamespacedConfigMap({ name, namespace: argoCdNamespace }));
    return found && (found.data ?? {});
}

/** The decoded entries of a Secret in Argo CD's namespace; undefined when there is no such Secret. */
export async function readSecret(hub: Hub, name: string): Promise<Record<string, string> | undefined> {
    const found = await ifExists(hub.core.readNamespacedSecret({ name, namespace: argoCdNamespace }));
    const entries = Object.entries(found?.data ?? {});
    return found && Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, "base64").toString()]));
}

/** Pod spec of the StatefulSet or Deployment of that name; undefined when there is neither. */
export async function readPodSpec(hub: Hub, name: string): Promise<V1PodSpec | undefined> {
    const where = { name, namespace: argoCdNamespace };
    const found =
        (await ifExists(hub.apps.readNamespacedStatefulSet(where))) ??
        (await ifExists(hub.apps.readNamespacedDeployment(where)));
    return found?.spec?.template.spec;
}

/**
 * What the hub's API server answers, or undefined where it says that the object does not exist. Its other
 * errors, and no answer within seconds, become one sentence.
 */
export async function ifExists<T>(reading: Promise<T>): Promise<T | undefined> {
    const timer = new AbortController();
    const limit = sleep(answerLimitMs, undefined, { signal: timer.signal }).then(() => {
        throw new Error(`no answer in ${answerLimitMs / 1000} s`);
    });
    try {
        return await Promise.race([reading, limit]);
    } catch (error) {
        if (error instanceof ApiException && error.code === 404) {
            return undefined;
        }
        const reason = error instanceof ApiException ? `${error.code} ${String(error.body)}` : (error as Error).message;
        throw new Error(`cannot read Argo CD's objects from the hub's API server: ${reason}`, { cause: error });
    } finally {
        timer.abort();
    }
}
