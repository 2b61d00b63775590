import { setTimeout } from "node:timers/promises";
import { type Application, applicationsPath, projectPath } from "../clusters/applications";
import { comparisonOf, reach } from "../clusters/comparisons";
import { type ClusterAddress, findCluster } from "../clusters/kubeconfig";
import { connectionCheckLabel } from "../clusters/names";
import { registrations } from "../clusters/registrations";
import { change, find, get } from "../clusters/request";
import { waitFor } from "../clusters/wait";
import type { ClusterConnection } from "../settings/connection";
import { milliseconds } from "../settings/duration";
import { type DynamicProvider, idOf, PlainError } from "./provider";

/** Time for Argo CD to notice a changed cluster Secret, in milliseconds. */
const noticeMs = 5_000;

/** Why an API server refuses a credential, in the words of Kubernetes' client. */
const refused = /asked for the client to provide credentials|Unauthorized/;

/**
 * Argo CD keeps a connection by the server's URL. One that it had before comes back with its credential of that time,
 * which may be revoked (argo-cd, controller/cache/cache.go, `handleModEvent`: it compares the two Secrets only).
 */
function ofEarlier(namespace: string): string {
    return (
        ". If the cluster had this URL before, Argo CD may still use its credential of that time: restart its controller on " +
        `the hub (\`kubectl --namespace ${namespace} rollout restart statefulset --selector ` +
        "app.kubernetes.io/component=application-controller`), and run `pulumi up` again"
    );
}

/** What is needed to have Argo CD connect to a cluster. */
export interface ConnectionInputs {
    readonly hub: ClusterConnection;
    /** Argo CD's namespace on the hub. */
    readonly namespace: string;
    /** The AppProject that the cluster is scoped to. */
    readonly project: string;
    /** Namespace that the project allows on the cluster. */
    readonly target: string;
    readonly cluster: string;
    /** The cluster's name in Argo CD. */
    readonly argoCdName: string;
    readonly server: string;
    /** When the connection or the credential was new. */
    readonly since: string;
    /** Limit, as a Go duration. */
    readonly timeout: string;
    /** Whether nothing is asked: the cluster is in quarantine. */
    readonly skip?: true;
}

/**
 * Waits until Argo CD itself has read the cluster, with the network, the identity and the connection that only Argo CD
 * has. Argo CD connects to a cluster when an Application needs it, so one without manifests exists for that time.
 */
export const connection: DynamicProvider<ConnectionInputs, ConnectionInputs> = {
    create: async (inputs) => {
        await check(inputs, (await isAdopted(inputs)) ? noticeMs : 0);
        return { id: idOf(inputs.namespace, inputs.cluster), outs: inputs };
    },
    update: async (_, __, inputs) => {
        await check(inputs, noticeMs);
        return { outs: inputs };
    },
    delete: async (_, { hub, namespace, cluster }) => remove(await findCluster("hub", hub), namespace, cluster),
};

/** Whether the cluster Secret is older than its present credential: Argo CD may have read the cluster with another. */
async function isAdopted({ hub, namespace, argoCdName, since }: ConnectionInputs): Promise<boolean> {
    const all = await registrations(await findCluster("hub", hub), namespace);
    const own = all.find((registration) => registration.argoCdName === argoCdName);
    return own !== undefined && Date.parse(own.created) < Date.parse(since) - noticeMs;
}

/** @param pauseMs time for Argo CD to notice a changed cluster Secret: before that it answers from its cache */
async function check(inputs: ConnectionInputs, pauseMs: number): Promise<void> {
    const timeoutMs = milliseconds(inputs.timeout);
    if (inputs.skip || timeoutMs === 0) {
        return;
    }
    await setTimeout(pauseMs);
    const { namespace, cluster, server, project } = inputs;
    const hub = await findCluster("hub", inputs.hub);
    await remove(hub, namespace, cluster);
    const { spec } = await get<AppProject>(hub, projectPath(namespace, project));
    await change(hub, applicationsPath(namespace), { method: "POST", body: application(inputs, spec.sourceRepos[0]) });
    try {
        await waitFor(`Argo CD to connect to ${cluster}`, async () => {
            const found = await find<Application>(hub, pathOf(namespace, cluster));
            if (found === undefined) {
                return { seen: "deleted" };
            }
            const comparison = comparisonOf(found, 0);
            const { what, why = "" } = comparison;
            return reach([comparison]) === "read" ? { done: undefined } : { seen: `${what} ${why}`.trim() };
        }, { timeoutMs });
    } catch (error) {
        const { message } = error as Error;
        throw new PlainError(
            `hubspoke:clusters.${cluster}: Argo CD on the hub has no connection to ${server}: ${message}. ` +
                "Correct server, tls, proxyUrl or credentials of this cluster, or the hub's network to it, and run " +
                "`pulumi up` again. For a longer limit, set hubspoke:connectionTimeout" +
                (refused.test(message) ? ofEarlier(namespace) : ""),
        );
    } finally {
        await remove(hub, namespace, cluster);
    }
}

interface AppProject {
    readonly spec: { readonly sourceRepos: readonly string[] };
}

/** An Application that delivers nothing: no file of the repository has such a name. */
function application(inputs: ConnectionInputs, repoURL: string | undefined) {
    const { namespace, cluster, argoCdName, project, target } = inputs;
    return {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Application",
        metadata: { name: nameOf(cluster), namespace, labels: connectionCheckLabel },
        spec: {
            project,
            source: { repoURL, path: ".", targetRevision: "HEAD", directory: { include: "hubspoke-connection-check" } },
            destination: { name: argoCdName, namespace: target },
        },
    };
}

async function remove(hub: ClusterAddress, namespace: string, cluster: string): Promise<void> {
    await change(hub, pathOf(namespace, cluster), { method: "DELETE" });
}

function pathOf(namespace: string, cluster: string): string {
    return `${applicationsPath(namespace)}/${nameOf(cluster)}`;
}

function nameOf(cluster: string): string {
    return `connection-check-${cluster}`;
}
