import type { Answer } from "./https";
import { type ArgoCdConnection, asArgoCd } from "./argoCdConnection";
import type { ClusterAddress } from "./kubeconfig";
import { ask, CertificateError, type Change } from "./request";

/** What an API server answers to a token. */
export interface TokenAnswer extends Answer {
    /** Whether the answer came by Argo CD's connection; otherwise it came by the user's own, with the token alone. */
    readonly byArgoCdsWay: boolean;
}

/**
 * Sends a request to an API server with only a token, as Argo CD does. Where this machine cannot reach the server in
 * that way, the user's own kubeconfig shows the way.
 *
 * @param connection Argo CD's way; undefined if only the hub reaches the server
 * @throws CertificateError if Argo CD would refuse the server's certificate; Error like `ask`, if neither way works
 */
export async function askWithToken(
    user: ClusterAddress,
    connection: ArgoCdConnection | undefined,
    token: string,
    path: string,
    what?: Change,
): Promise<TokenAnswer> {
    if (connection !== undefined) {
        try {
            return { ...(await ask(asArgoCd(user.setting, connection, token), path, what)), byArgoCdsWay: true };
        } catch (error) {
            if (error instanceof CertificateError) {
                throw error;
            }
        }
    }
    return { ...(await ask({ ...user, user: { token } }, path, what)), byArgoCdsWay: false };
}

/**
 * Asks as {@link askWithToken} for what every account of Argo CD may read: `npm run rules` gives each application the
 * events of its namespace, whatever kinds its chart has.
 *
 * @returns status 200: accepted, and may list the events of the namespace; 401: not accepted; 403: may not list
 */
export async function tryToken(
    user: ClusterAddress,
    connection: ArgoCdConnection | undefined,
    token: string,
    namespace: string,
): Promise<Omit<TokenAnswer, "body" | "headers">> {
    const path = `api/v1/namespaces/${namespace}/events?limit=1`;
    const { status, byArgoCdsWay } = await askWithToken(user, connection, token, path);
    return { status, byArgoCdsWay };
}
