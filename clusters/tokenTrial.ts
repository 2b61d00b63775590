import { type ArgoCdConnection, asArgoCd } from "./argoCdConnection";
import type { ClusterAddress } from "./kubeconfig";
import { ask, CertificateError } from "./request";

/** What an API server answers to a token. */
export interface TokenAnswer {
    /** 200: accepted, and may list the Deployments of the namespace; 401: not accepted; 403: may not list them. */
    readonly status: number;
    /** Whether the answer came by Argo CD's connection; otherwise it came by the user's own, with the token alone. */
    readonly byArgoCdsWay: boolean;
}

/**
 * Sends a request to an API server with only a token, as Argo CD does. Where this machine cannot reach the server in
 * that way, the user's own kubeconfig shows the way.
 *
 * @param connection Argo CD's way; undefined if only the hub reaches the server
 * @param encoded the token, in base64, as in a Secret
 * @throws CertificateError if Argo CD would refuse the server's certificate; Error like `ask`, if neither way works
 */
export async function tryToken(
    user: ClusterAddress,
    connection: ArgoCdConnection | undefined,
    encoded: string,
    namespace: string,
): Promise<TokenAnswer> {
    const token = Buffer.from(encoded, "base64").toString("utf8");
    const path = `apis/apps/v1/namespaces/${namespace}/deployments?limit=1`;
    if (connection !== undefined) {
        try {
            const { status } = await ask(asArgoCd(user.setting, connection, token), path);
            return { status, byArgoCdsWay: true };
        } catch (error) {
            if (error instanceof CertificateError) {
                throw error;
            }
        }
    }
    const { status } = await ask({ ...user, user: { token } }, path);
    return { status, byArgoCdsWay: false };
}
