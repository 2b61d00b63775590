import { milliseconds } from "../../settings/duration";
import type { FederationSettings } from "../../settings/federation";

/**
 * Variable of Argo CD's pods with the folder of the tokens for spokes that trust the hub's issuer: a file for each
 * audience, by its name.
 */
export const tokensVariable = "HUBSPOKE_TOKENS";

const folder = "/var/run/secrets/hubspoke";
const volume = "spoke-tokens";

/**
 * Values of the argo-cd chart that give a token for each audience to the components that connect to spokes: see
 * `connectingAccounts` in clusters/federation.ts. The kubelet renews it after 80 % of its life (kubernetes.io/docs,
 * "Configure Service Accounts for Pods").
 */
export function federationValues(federation: FederationSettings) {
    if (federation === undefined) {
        return {};
    }
    const expirationSeconds = Math.floor(milliseconds(federation.lifetime) / 1000);
    const sources = federation.audiences.map((audience) => ({
        serviceAccountToken: { audience, expirationSeconds, path: audience },
    }));
    const component = {
        env: [{ name: tokensVariable, value: folder }],
        volumes: [{ name: volume, projected: { sources } }],
        volumeMounts: [{ name: volume, mountPath: folder, readOnly: true }],
    };
    return { controller: component, server: component };
}
