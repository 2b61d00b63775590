import type { ClusterAddress } from "../clusters/kubeconfig";
import { requestToken } from "../clusters/tokenRequest";
import { shortestLifetime } from "../settings/duration";
import { once } from "./once";

/** Gets a token of the hub for one of Argo CD's accounts and an audience. */
export type HubTokens = (account: string, audience: string) => Promise<string>;

/**
 * Requests each token once, so that the number of requests to the hub does not grow with the clusters.
 *
 * @param namespace Argo CD's namespace on the hub
 * @throws Error as {@link requestToken}, at each call for that token
 */
export function hubTokens(hub: ClusterAddress, namespace: string): HubTokens {
    const requests = new Map<string, () => Promise<string>>();
    return (account, audience) => {
        const key = `${account} ${audience}`;
        const request = async () => {
            return (await requestToken(hub, { namespace, account, audience, seconds: shortestLifetime })).token;
        };
        const asked = requests.get(key) ?? once(request);
        requests.set(key, asked);
        return asked();
    };
}
