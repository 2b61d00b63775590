import * as fs from "node:fs";
import type { V1ConfigMap, V1Deployment, V1PodSpec, V1Secret, V1ServiceAccount, V1StatefulSet, V1TokenRequestSpec } from "@kubernetes/client-node";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { askApi } from "../clusters/api";
import { kubeconfigPath } from "../paths";

/** Argo CD's namespace on the hub. */
export const argoCdNamespace = "argocd";

const hubContext = "hub";
const answerLimitMs = 15_000;
const core = `/api/v1/namespaces/${argoCdNamespace}`;
const apps = `/apis/apps/v1/namespaces/${argoCdNamespace}`;

const named = z.array(z.looseObject({ name: z.string() }));
const kubeconfig = z.looseObject({ clusters: named, users: named });

/**
 * A kubeconfig of the hub only, with current context and namespace: a component gets no other.
 *
 * @param user the user's entry; by default the administrator
 */
export function hubKubeconfig(user?: object): string {
    const { clusters, users } = kubeconfig.parse(parse(fs.readFileSync(kubeconfigPath, "utf8")));
    const ofHub = ({ name }: { name: string }) => name === hubContext;
    return stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: clusters.filter(ofHub),
        users: user === undefined ? users.filter(ofHub) : [{ name: hubContext, user }],
        contexts: [
            {
                name: hubContext,
                context: { cluster: hubContext, user: hubContext, namespace: argoCdNamespace },
            },
        ],
        "current-context": hubContext,
    });
}

/** How long a component's token is valid, in seconds. Nothing renews it but an `npm run lab` that brings the lab up. */
export const tokenLifetime = 7 * 24 * 60 * 60;

/**
 * A token of a ServiceAccount in Argo CD's namespace, as a pod of it gets one.
 *
 * @param spec of the TokenRequest: the audience, if it is not the API server itself, and another lifetime
 */
export async function requestToken(account: string, spec: Partial<V1TokenRequestSpec> = {}): Promise<string> {
    const target = `${core}/serviceaccounts/${account}/token`;
    const request = {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: { expirationSeconds: tokenLifetime, ...spec },
    };
    const { status, body } = await askApi("hub", target, { method: "POST", body: request, timeoutMs: answerLimitMs });
    if (status !== 201) {
        throw new Error(`the hub's API server answered ${status} to a request for a token of ${account}: ${body.slice(0, 300)}`);
    }
    return (JSON.parse(body) as { status: { token: string } }).status.token;
}

/** Whether pods of a ServiceAccount in Argo CD's namespace get its token, if they do not say so themselves. */
export async function mountsToken(account: string): Promise<boolean> {
    const found = await readFromHub<V1ServiceAccount>(`${core}/serviceaccounts/${account}`);
    return found?.automountServiceAccountToken ?? true;
}

/** The entries of a ConfigMap in Argo CD's namespace; undefined when there is no such ConfigMap. */
export async function readConfigMap(name: string): Promise<Record<string, string> | undefined> {
    const found = await readFromHub<V1ConfigMap>(`${core}/configmaps/${name}`);
    return found && (found.data ?? {});
}

/** The decoded entries of a Secret in Argo CD's namespace; undefined when there is no such Secret. */
export async function readSecret(name: string): Promise<Record<string, string> | undefined> {
    const found = await readFromHub<V1Secret>(`${core}/secrets/${name}`);
    return found && decoded(found);
}

/** A Secret's labels, annotations and decoded entries. */
export interface LabelledSecret {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly entries: Readonly<Record<string, string>>;
}

/** The cluster Secrets: the clusters that Argo CD knows. */
export async function readClusterSecrets(): Promise<LabelledSecret[]> {
    const selector = encodeURIComponent("argocd.argoproj.io/secret-type=cluster");
    const found = await readFromHub<{ items: V1Secret[] }>(`${core}/secrets?labelSelector=${selector}`);
    return (found?.items ?? []).map((secret) => ({
        name: secret.metadata?.name ?? "",
        labels: secret.metadata?.labels ?? {},
        annotations: secret.metadata?.annotations ?? {},
        entries: decoded(secret),
    }));
}

/** Pod spec of the StatefulSet or Deployment of that name; undefined when there is neither. */
export async function readPodSpec(name: string): Promise<V1PodSpec | undefined> {
    const found =
        (await readFromHub<V1StatefulSet>(`${apps}/statefulsets/${name}`)) ??
        (await readFromHub<V1Deployment>(`${apps}/deployments/${name}`));
    return found?.spec?.template.spec;
}

/** The Applications in Argo CD's namespace, as they are; empty if the hub does not have that kind yet. */
export async function readApplicationObjects(): Promise<unknown[]> {
    const target = `/apis/argoproj.io/v1alpha1/namespaces/${argoCdNamespace}/applications`;
    return (await readFromHub<{ items: unknown[] }>(target))?.items ?? [];
}

/** The object at a path of the hub's API server; undefined if it does not exist. */
async function readFromHub<T>(target: string): Promise<T | undefined> {
    const { status, body } = await askApi("hub", target, { timeoutMs: answerLimitMs }).catch((error: Error) => {
        throw new Error(`cannot read Argo CD's objects from the hub: ${error.message}`, { cause: error });
    });
    if (status === 404) {
        return undefined;
    }
    if (status !== 200) {
        throw new Error(`the hub's API server answered ${status} to ${target}: ${body.slice(0, 300)}`);
    }
    return JSON.parse(body) as T;
}

function decoded({ data = {} }: V1Secret): Record<string, string> {
    const entries = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]);
    return Object.fromEntries(entries) as Record<string, string>;
}
