import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { writeFileWhole } from "../processes";
import { readCredentials } from "./api";
import type { ClusterName } from "./names";
import { readCluster, recordsDir, serverUrl } from "./record";

/** The issuer of the hub's tokens, which need not resolve: every other cluster has the name that kwok gives to all. */
export const hubIssuer = "https://hub.example.test";

/** A JWT authenticator that a spoke's API server has beside its own (apiserver.config.k8s.io/v1). */
export interface TrustOfHub {
    readonly audience: string;
    /** Prefix of the users' names. */
    readonly prefix?: string;
}

/** The file of a cluster's authenticators, which its API server reads again after each change. */
export function authenticationFile(cluster: ClusterName): string {
    return path.join(recordsDir, `${cluster}.authentication.yaml`);
}

/** Lets an API server start with no authenticator beside its own, unless it has some already. */
export function ensureAuthenticationFile(cluster: ClusterName): void {
    if (!fs.existsSync(authenticationFile(cluster))) {
        trustHub(cluster, undefined);
    }
}

/** Lets a spoke trust the hub's issuer, or no longer; the API server acts on it some seconds later. */
export function trustHub(cluster: ClusterName, trust: TrustOfHub | undefined): void {
    const jwt = trust === undefined ? [] : [authenticator(trust)];
    const content = { apiVersion: "apiserver.config.k8s.io/v1", kind: "AuthenticationConfiguration", jwt };
    writeFileWhole(authenticationFile(cluster), stringify(content));
}

/** As docs/federation.md says for a hub with a private API server. */
function authenticator({ audience, prefix = "hub:" }: TrustOfHub) {
    const hub = readCluster("hub");
    if (!hub) {
        throw new Error("no cluster can trust the hub's issuer before the hub was started");
    }
    const accounts = ["argocd-application-controller", "argocd-server"];
    const subjects = accounts.map((account) => `'system:serviceaccount:argocd:${account}'`);
    return {
        issuer: {
            url: hubIssuer,
            discoveryURL: `${serverUrl(hub)}/.well-known/openid-configuration`,
            certificateAuthority: readCredentials("hub").ca,
            audiences: [audience],
        },
        claimMappings: { username: { claim: "sub", prefix } },
        claimValidationRules: [
            { expression: `claims.sub in [${subjects.join(", ")}]`, message: "not an account of Argo CD that connects to spokes" },
        ],
    };
}
