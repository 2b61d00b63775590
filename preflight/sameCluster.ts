import * as pulumi from "@pulumi/pulumi";
import type { ClusterAddress } from "../clusters/kubeconfig";
import { uidAnnotation } from "../clusters/names";
import { type Registration, sameServer } from "../clusters/registrations";
import { ask } from "../clusters/request";
import { argoCdNameOf } from "../settings/argoCdName";
import type { EnvironmentSettings } from "../settings/environment";

/**
 * The UID of a cluster's namespace `kube-system`, which no other cluster has, and which stays as long as the cluster
 * does; undefined if this identity may not read it.
 */
export async function clusterUid(cluster: ClusterAddress): Promise<string | undefined> {
    const { status, body } = await ask(cluster, "api/v1/namespaces/kube-system");
    return status === 200 ? (JSON.parse(body) as { metadata: { uid: string } }).metadata.uid : undefined;
}

/** A cluster of the settings as it is found now. */
export interface FoundCluster {
    readonly name: string;
    readonly server: string;
    readonly uid: string | undefined;
}

/**
 * Refuses a cluster that is not the one which this stack registered, or that has another URL or name now, until
 * `uid` in its settings confirms it: a context can lead elsewhere since yesterday, and Argo CD's credential would
 * follow it. A registration without a UID is of an earlier version, and gets one.
 *
 * @param stack the environment's stack
 * @throws Error that names each setting, and what to write
 */
export function refuseOtherClusters(
    { clusters }: Pick<EnvironmentSettings, "clusters">,
    found: readonly FoundCluster[],
    existing: readonly Registration[],
    stack: string,
): void {
    const problems = found.flatMap(({ name, server, uid }) => {
        const expected = clusters[name]?.uid;
        const at = `hubspoke:clusters.${name}`;
        if (expected !== undefined && uid !== undefined && expected !== uid) {
            return [`${at}.uid: is ${expected}, but the kubeconfig leads to the cluster ${uid}. Correct the context, or uid`];
        }
        const own = existing.find((registration) => registration.cluster === name && registration.stack === stack);
        if (own === undefined) {
            const twin = twinOf({ name, server, uid }, found, existing, stack);
            const where = `the kubeconfig leads to the cluster ${uid}, which is ${twin} already, at another URL`;
            const remedy = "two agents on one cluster would compete. Correct the context, or remove one of the two";
            return twin === undefined ? [] : [`${at}: ${where}: ${remedy}`];
        }
        if (own.argoCdName !== argoCdNameOf(name, clusters[name])) {
            return [
                `${at}.name: the hub has registered the cluster as "${own.argoCdName}", and its Application has that name: ` +
                    `another name would delete the Application with its workload. Write \`name: "${own.argoCdName}"\`, or ` +
                    "remove the cluster first and add it again",
            ];
        }
        const registered = own.annotations[uidAnnotation];
        if (registered === undefined || (expected !== undefined && uid !== undefined)) {
            return [];
        }
        const confirm =
            uid === undefined
                ? "Grant `get` of the namespace kube-system (docs/rbac/spoke.yaml)"
                : `If that is meant, write \`uid: ${uid}\` for this cluster`;
        if (expected !== undefined && expected !== registered) {
            return [`${at}.uid: is ${expected}, and this identity may not read the cluster's UID. ${confirm}`];
        }
        if (uid !== undefined && uid !== registered) {
            return [`${at}: the kubeconfig leads to the cluster ${uid}, but the hub has registered ${registered}. ${confirm}`];
        }
        return sameServer(own.server, server)
            ? []
            : [`${at}.server: is ${server}, but the hub has registered ${own.server}. ${confirm}`];
    });
    if (problems.length > 0) {
        throw new Error(problems.join("\n  "));
    }
}

/**
 * Confirmations that have served: while they stay, no preview refuses another URL of the cluster.
 *
 * @returns a sentence about each one
 */
export function servedConfirmations(
    { clusters }: Pick<EnvironmentSettings, "clusters">,
    found: readonly FoundCluster[],
    existing: readonly Registration[],
    stack: string,
): string[] {
    const served = found.filter(({ name, server }) => {
        const own = existing.find((registration) => registration.cluster === name && registration.stack === stack);
        const uid = clusters[name]?.uid;
        return uid !== undefined && own?.annotations[uidAnnotation] === uid && sameServer(own.server, server);
    });
    return served.map(
        ({ name }) =>
            `hubspoke:clusters.${name}.uid: the hub has this UID now. Remove the setting: while it stays, a change of the ` +
            "cluster's URL is not refused",
    );
}

/** Another cluster of this stack, or another registration on the hub, that is the same cluster at another URL. */
function twinOf(
    { name, server, uid }: FoundCluster,
    found: readonly FoundCluster[],
    existing: readonly Registration[],
    stack: string,
): string | undefined {
    if (uid === undefined) {
        return undefined;
    }
    const inStack = found.find((other) => other.name !== name && other.uid === uid);
    // A stack's own registrations are among its settings, or about to be removed.
    const others = existing.filter((other) => other.stack !== undefined && other.stack !== stack);
    const onHub = others.find((other) => other.annotations[uidAnnotation] === uid && !sameServer(other.server, server));
    return inStack === undefined
        ? onHub && `"${onHub.cluster}" of the stack ${onHub.stack}`
        : `clusters.${inStack.name}`;
}

/** The UID for each cluster's registration: the one found, or the registered one where it may not be read. */
export function uidsOf(
    found: readonly Pick<FoundCluster, "name" | "uid">[],
    existing: readonly Registration[],
    stack: string,
): Record<string, string> {
    const own = existing.filter((registration) => registration.stack === stack);
    const registered = own.flatMap(({ cluster, annotations }) => {
        const uid = annotations[uidAnnotation];
        return uid === undefined ? [] : [[cluster, uid] as const];
    });
    const now = found.flatMap(({ name, uid }) => (uid === undefined ? [] : [[name, uid] as const]));
    return Object.fromEntries([...registered, ...now]);
}

/**
 * Says which clusters cannot be told from others.
 *
 * @param known the UIDs of the clusters whose registration has one: `up` compares these with a better identity
 */
export async function warnOfUnknown(
    found: readonly Pick<FoundCluster, "name" | "uid">[],
    known: Readonly<Record<string, string>>,
): Promise<void> {
    for (const { name } of found.filter((cluster) => cluster.uid === undefined && known[cluster.name] === undefined)) {
        await pulumi.log.warn(
            `hubspoke:clusters.${name}: this identity may not read the namespace kube-system, so another cluster at this ` +
                "context would not be noticed. Grant `get` of it (docs/rbac)",
        );
    }
}
