import type { HubSettings } from "../settings";

/** Values for the argo-cd chart. */
export type ArgoCdValues = Readonly<Record<string, unknown>>;

/**
 * What the program gives the argo-cd chart (10.1.1).
 *
 * The password of Redis comes from this program as Secret `argocd-redis`, key `auth`, the place that the chart
 * expects (its `redisSecretInit` job would make another), so that job is off.
 */
export function argoCdValues(settings: Pick<HubSettings, "availability" | "domain">): ArgoCdValues {
    return {
        global: { domain: `argocd.${settings.domain}` },
        crds: { install: true, keep: true },
        configs: {
            cm: {
                "exec.enabled": false,
                // Kinds that a spoke's Role does not allow are left out instead of failing the cluster's cache.
                "resource.respectRBAC": "strict",
            },
        },
        redisSecretInit: { enabled: false },
        ...replicas(settings.availability),
    };
}

function replicas(availability: HubSettings["availability"]): ArgoCdValues {
    switch (availability) {
        case "single":
            return {};
        case "ha": {
            const replicated = { replicas: 2, pdb: { enabled: true, maxUnavailable: 1 } };
            return {
                controller: replicated,
                server: replicated,
                repoServer: replicated,
                applicationSet: replicated,
                "redis-ha": { enabled: true },
            };
        }
    }
}
