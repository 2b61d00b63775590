import { argoCdNameOf, nameNormalized } from "./argoCdName";
import type { Credentials, TlsSettings } from "./credentials";
import { milliseconds } from "./duration";
import type { Problem } from "./given";
import type { Previewers } from "./previewers";
import { ringProblems, type RingSettings } from "./rings";
import type { SecretsSettings } from "./secrets";

interface Cluster {
    readonly name?: string | undefined;
    readonly clusterSecret?: string | undefined;
    readonly credentials: Credentials;
    readonly tls: TlsSettings;
    readonly hubOnly: boolean;
}

interface Given {
    readonly production: boolean;
    /** As a Go duration. */
    readonly connectionTimeout: string;
    readonly clusters: Readonly<Record<string, Cluster>>;
    readonly previewers?: Previewers | undefined;
    readonly secrets?: SecretsSettings | undefined;
    readonly rollout?: RingSettings | undefined;
}

/** What of an environment's settings contradicts another one. */
export function environmentProblems(given: Given): Problem[] {
    const ofClusters = [connectionProblems, nameProblems, secretProblems, tlsProblems];
    return [authMountProblems, ...ofClusters, previewerProblems, ringProblems].flatMap((check) => check(given));
}

function connectionProblems({ clusters, connectionTimeout }: Given): Problem[] {
    const isUnseen = milliseconds(connectionTimeout) === 0;
    const unseen = Object.entries(clusters).filter(([, { hubOnly }]) => isUnseen && hubOnly);
    const message = 'is true, and with connectionTimeout "0s" nothing would check the connection. Change one of the two';
    return unseen.map(([key]) => ({ path: ["clusters", key, "hubOnly"], message }));
}

function authMountProblems({ secrets, clusters }: Given): Problem[] {
    const isSet = secrets?.store.type === "vault" && secrets.store.authMount !== undefined;
    const message = "is for one cluster, and this environment has several. Remove it: the default is kubernetes-<cluster>";
    return isSet && Object.keys(clusters).length > 1 ? [{ path: ["secrets", "store", "authMount"], message }] : [];
}

function nameProblems({ clusters }: Given): Problem[] {
    return twins(clusters, (key, one) => nameNormalized(argoCdNameOf(key, one))).map(({ key, twin, value }) => ({
        path: ["clusters", key, "name"],
        message: `the Applications of ${twin} and ${key} would both be agent-${value}. Choose another name`,
    }));
}

function secretProblems({ clusters }: Given): Problem[] {
    return twins(clusters, (key, { clusterSecret }) => clusterSecret ?? `cluster-${key}`).map(({ key, twin, value }) => {
        const setting = clusters[key]?.clusterSecret === undefined ? twin : key;
        const message = `${twin} and ${key} would both be the cluster Secret ${value}. Remove it, or name another Secret`;
        return { path: ["clusters", setting, "clusterSecret"], message };
    });
}

/** Clusters that have something in common with an earlier one. */
function twins(clusters: Given["clusters"], of: (key: string, cluster: Cluster) => string) {
    const all = Object.entries(clusters).map(([key, cluster]) => ({ key, value: of(key, cluster) }));
    return all.flatMap(({ key, value }, index) => {
        const twin = all.slice(0, index).find((other) => other.value === value)?.key;
        return twin === undefined ? [] : [{ key, twin, value }];
    });
}

function tlsProblems({ production, clusters }: Given): Problem[] {
    const unverified = Object.entries(clusters).filter(([, { tls }]) => production && tls.insecureSkipTlsVerify);
    const message =
        "sends Argo CD's token to any server that answers, and this environment is production. Remove it, and set tls.ca";
    return unverified.map(([key]) => ({ path: ["clusters", key, "tls", "insecureSkipTlsVerify"], message }));
}

/** A previewer must not have the rights of Argo CD, which the program binds to its identity's subject. */
function previewerProblems({ previewers, clusters }: Given): Problem[] {
    const owner = Object.entries(clusters).find(([, { credentials }]) => {
        const subject = "subject" in credentials ? credentials.subject : undefined;
        return subject !== undefined && subject.kind === previewers?.kind && subject.name === previewers.name;
    });
    const message = `is the identity of Argo CD too (clusters.${owner?.[0]}.credentials.subject), which may write. Choose another`;
    return owner === undefined ? [] : [{ path: ["previewers", "name"], message }];
}
