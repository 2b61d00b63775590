import type { ClusterAddress } from "./kubeconfig";
import { ask } from "./request";
import { GiveUp } from "./wait";

/** A ServiceAccount's token from the API `TokenRequest`. */
export interface RequestedToken {
    readonly token: string;
    /** Times at which it was made and at which it ends, as RFC 3339. The server may shorten a lifetime. */
    readonly created: string;
    readonly expires: string;
}

/** An account, and what its token is to be (authentication.k8s.io/v1, TokenRequestSpec). */
export interface TokenRequest {
    readonly namespace: string;
    readonly account: string;
    /** Audience of the token; the default is the cluster's own API server. */
    readonly audience?: string;
    /** Name of a Secret in the account's namespace, whose deletion revokes the token. */
    readonly secret?: string;
    readonly seconds: number;
}

/** The identity may not request a token of an account. */
export class MayNotRequestError extends GiveUp {}

interface Answer {
    readonly metadata?: { readonly creationTimestamp?: string | null };
    readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

/**
 * Requests a token of an account, with the rights of the user's kubeconfig. It changes nothing on the cluster.
 *
 * @throws {@link MayNotRequestError} if the user lacks the right; Error that names the account if it or the Secret does
 *     not exist. No error contains a token
 */
export async function requestToken(cluster: ClusterAddress, request: TokenRequest): Promise<RequestedToken> {
    const { namespace, account, audience, secret, seconds } = request;
    const path = `api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
    const spec = {
        ...(audience !== undefined && { audiences: [audience] }),
        ...(secret !== undefined && { boundObjectRef: { apiVersion: "v1", kind: "Secret", name: secret } }),
        expirationSeconds: seconds,
    };
    const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec };
    const answer = await ask(cluster, path, { method: "POST", body });
    if (answer.status !== 201) {
        const problem = `hubspoke:${cluster.setting}: ${cluster.server} answers ${answer.status} to a request for a token of `;
        const what = `${namespace}/${account}`;
        throw answer.status === 401 || answer.status === 403
            ? new MayNotRequestError(
                  `${problem}${what}. Give this identity the right to create serviceaccounts/token there (docs/rbac)`,
              )
            : new Error(`${problem}${what}${secret === undefined ? "" : ` that is bound to Secret ${secret}`}`);
    }
    const { metadata, status } = JSON.parse(answer.body) as Answer;
    return {
        token: status.token,
        created: metadata?.creationTimestamp ?? new Date(Math.floor(Date.now() / 1000) * 1000).toISOString(),
        expires: status.expirationTimestamp,
    };
}
