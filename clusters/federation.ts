import { claimsOf } from "./jwt";

/** Spokes that trust the hub's issuer of ServiceAccount tokens: who connects to them, and by which names. */

/**
 * Argo CD's accounts on the hub that connect to spokes: the application controller, and the server for the live
 * objects, logs and events that it shows. The ApplicationSet controller only reads cluster Secrets, and the repo server
 * and the notifications controller do not read them (argo-cd 3.6.1, uses of `RESTConfig` and `RawRestConfig`).
 */
export const connectingAccounts = ["argocd-application-controller", "argocd-server"] as const;

/** The claim `sub` of an account's token. */
export function subjectOf(namespace: string, account: string): string {
    return `system:serviceaccount:${namespace}:${account}`;
}

/** The claim `iss` of a token; undefined if it is not a JWT. */
export function issuerOf(token: string): string | undefined {
    return claimsOf<{ iss?: string }>(token)?.iss;
}
