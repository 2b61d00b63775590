import { stackAnnotation } from "../../clusters/names";
import { type ClusterAddress, findCluster } from "../../clusters/kubeconfig";
import { find, get } from "../../clusters/request";
import type { Settings } from "../../settings";
import type { Found } from "./decisions";
import type { Question, Sought, SoughtRelease } from "./questions";

interface KindList {
    readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

interface LiveObject {
    readonly metadata: { readonly annotations?: Record<string, string>; readonly deletionTimestamp?: string };
}

/**
 * Looks on the cluster for the object that an operation may have created.
 *
 * @throws Error that names the setting, if the request to the cluster fails
 */
export async function look(settings: Settings, question: Question): Promise<Found | undefined> {
    switch (question.ask) {
        case "nothing":
        case "operator":
            return undefined;
        case "object":
            return findObject(await clusterOf(settings, question.object.cluster), question.object);
        case "release":
            return findRelease(await clusterOf(settings, question.release.cluster), question.release);
    }
}

/** A provider has the name of its cluster in the settings; the hub's provider is `hub` in every stack. */
async function clusterOf(settings: Settings, provider: string): Promise<ClusterAddress> {
    if (settings.role === "hub") {
        return findCluster("cluster", settings.cluster);
    }
    if (provider === "hub") {
        return findCluster("hub", settings.hub);
    }
    const access = settings.clusters[provider];
    if (access === undefined) {
        throw new Error(
            `hubspoke:clusters.${provider}: is not in the settings, and an interrupted run worked on it. Add it to ` +
                "the stack file again, and recover again",
        );
    }
    if (access.quarantined) {
        throw new Error(
            `hubspoke:clusters.${provider}.quarantined: an interrupted run worked on ${provider}, which nobody may ask now. ` +
                "Remove the setting when the cluster answers, and recover again. Its neighbours can wait for that: " +
                "pulumi goes on with them",
        );
    }
    return findCluster(`clusters.${provider}`, access);
}

async function findObject(cluster: ClusterAddress, sought: Sought): Promise<Found | undefined> {
    const group = `${sought.apiVersion.includes("/") ? "apis" : "api"}/${sought.apiVersion}`;
    const kinds = await find<KindList>(cluster, group);
    const kind = kinds?.resources.find(({ name, kind }) => kind === sought.kind && !name.includes("/"));
    if (kind === undefined) {
        return undefined;
    }
    const scope = kind.namespaced ? `namespaces/${sought.namespace ?? "default"}/` : "";
    const object = await find<LiveObject>(cluster, `${group}/${scope}${kind.name}/${sought.name}`);
    return object && {
        mark: object.metadata.annotations?.[stackAnnotation],
        deleting: object.metadata.deletionTimestamp !== undefined,
    };
}

/** Helm keeps each revision of a release in a Secret (helm, pkg/storage/driver/secrets.go). */
async function findRelease(
    cluster: ClusterAddress,
    { release, namespace }: SoughtRelease,
): Promise<Found | undefined> {
    const selector = encodeURIComponent(`owner=helm,name=${release}`);
    const secrets = `api/v1/namespaces/${namespace}/secrets?labelSelector=${selector}&limit=1`;
    const { items } = await get<{ items: unknown[] }>(cluster, secrets);
    return items.length === 0 ? undefined : { mark: undefined, deleting: false };
}
