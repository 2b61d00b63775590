import * as pulumi from "@pulumi/pulumi";
import { toBase64 } from "../clusters/base64";
import { type ArgoCdConnection, asArgoCd, certificateProblem } from "../clusters/argoCdConnection";
import type { ClusterAddress } from "../clusters/kubeconfig";
import { isInCluster, sameServer } from "../clusters/registrations";
import { ask, CertificateError } from "../clusters/request";
import { tlsClientConfig, trustsReportedCa } from "../components/account/clusterConfig";
import type { SpokeSettings } from "../settings/environment";

/** A cluster as the user reaches it, and the URL that Argo CD is to use. */
export interface CheckedCluster {
    readonly settings: SpokeSettings;
    readonly server: string;
    readonly user: ClusterAddress;
}

/** The address of the machine itself, or none at all (RFC 1122, RFC 4291), and names that stand for it. */
const ownAddress =
    /^(127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\[::ffff:(7f|0)[0-9a-f]*:[0-9a-f]+\]|(.+\.)?localhost\.?)$/i;

/** A cluster's path on a Rancher server, which accepts no token of the cluster itself. */
const rancherPath = /^\/k8s\/clusters\/[^/]+/;

/** Google's gateway to the clusters of its fleets, which accepts no token of a cluster itself. */
const connectGateway = /^([a-z0-9-]+-)?connectgateway\.googleapis\.com$/;

/**
 * Refuses an API server that Argo CD on the hub cannot use, by its URL alone.
 *
 * @param lab whether Argo CD runs on this machine
 * @throws Error that names the setting and what to write
 */
export function refuseUnusableServer({ settings, server, user }: CheckedCluster, lab: boolean): void {
    const { protocol, hostname, pathname } = new URL(server);
    const refuse = (why: string, remedy: string) => {
        throw new Error(`hubspoke:${user.setting}.server: ${server} ${why}. ${remedy}`);
    };
    if (protocol !== "https:") {
        refuse("has no TLS, so Argo CD's credential would be readable on the network", "Write `server` with https://");
    }
    if (!lab && ownAddress.test(hostname)) {
        refuse(
            "is an address of the machine that uses it, and Argo CD runs on the hub",
            "Write `server` with a URL that the hub's pods can reach, and `tls` if its certificate is for another name",
        );
    }
    if (isInCluster(server) && settings.proxyUrl === undefined) {
        refuse(
            "is the hub itself for Argo CD, which runs there: every cluster has this name for its own API server",
            "Write `server` with a URL of the spoke that the hub's pods can reach",
        );
    }
    if (settings.credentials.type === "token" && connectGateway.test(hostname)) {
        refuse(
            "is Google's Connect gateway, which accepts only Google's own tokens",
            "Write `credentials` of type gcp, or `server` with the cluster's own endpoint",
        );
    }
    if (settings.credentials.type === "token" && rancherPath.test(pathname)) {
        refuse(
            "is Rancher's proxy, which accepts only Rancher's own tokens",
            "Write `server` with the cluster's own endpoint (in Rancher: Authorized Cluster Endpoint)",
        );
    }
}

/**
 * Connects to an API server with what the cluster Secret will hold, and without a credential; not if only the hub
 * reaches it.
 *
 * @throws Error that names the setting and what to write, if Argo CD would refuse the server's certificate
 */
export async function checkConnection(cluster: CheckedCluster): Promise<void> {
    const { user, server, settings } = cluster;
    const connection = await connectionOf(cluster);
    if (connection === undefined) {
        return;
    }
    try {
        await ask(asArgoCd(user.setting, connection), "version");
    } catch (error) {
        if (error instanceof CertificateError) {
            throw new Error(certificateProblem({ ...user, server }, error, user));
        }
        await pulumi.log.warn(unreachable(user, server, settings));
    }
}

/** The connection that Argo CD will have; undefined if only the hub reaches the server, or its CA may not be read. */
export async function connectionOf({ user, server, settings }: CheckedCluster): Promise<ArgoCdConnection | undefined> {
    const { tls, proxyUrl, hubOnly } = settings;
    if (hubOnly) {
        return undefined;
    }
    const reported = trustsReportedCa(tls) ? await reportedCa(user) : "";
    return reported === undefined ? undefined : { server, proxyUrl, tls: tlsClientConfig(tls, toBase64(reported)) };
}

/** The CA that the cluster publishes for its pods, in every namespace. */
async function reportedCa(user: ClusterAddress): Promise<string | undefined> {
    const { status, body } = await ask(user, "api/v1/namespaces/default/configmaps/kube-root-ca.crt");
    return status === 200 ? (JSON.parse(body) as { data?: Record<string, string> }).data?.["ca.crt"] : undefined;
}

function unreachable(user: ClusterAddress, server: string, { proxyUrl }: SpokeSettings): string {
    const proxied = user.proxy !== undefined && proxyUrl === undefined;
    const why = proxied
        ? "the kubeconfig uses a proxy, and Argo CD would connect without one. If the hub needs it too, write `proxyUrl`"
        : sameServer(user.server, server)
          ? "only the hub may reach it in that way"
          : "the kubeconfig has another URL, and only the hub may reach this one";
    return (
        `hubspoke:${user.setting}: this machine cannot reach ${server} as Argo CD will: ${why}. ` +
        "`pulumi up` waits until Argo CD itself is connected"
    );
}
