import { trafficLabel } from "../../clusters/names";
import type { TrafficSettings } from "../../settings/traffic";

/** Namespace of external-dns on the hub. */
export const externalDnsNamespace = "external-dns";

/** Settings of an external-dns that the program installs. */
export type ExternalDnsSettings = Extract<NonNullable<TrafficSettings>["externalDns"], { mode: "install" }>;

/** Chart and version used where the settings name none. */
export const externalDnsChart = {
    name: "external-dns",
    ...{ repository: "https://kubernetes-sigs.github.io/external-dns/", version: "1.22.0" },
};

/**
 * Values for the external-dns chart, with no secret in them. It publishes the hub's labelled DNSEndpoints and nothing
 * else, at once when one changes.
 *
 * `upsert-only` never deletes a record: on a hub that is made anew there is no DNSEndpoint for a moment, and users must
 * not lose their name for it.
 */
export function externalDnsValues(settings: ExternalDnsSettings, domain: string) {
    const { provider, zones, args, env, secretEnv, identity } = settings;
    const labelFilter = Object.entries(trafficLabel).map(([key, value]) => `${key}=${value}`).join(",");
    return {
        provider: { name: provider },
        sources: ["crd"],
        policy: "upsert-only",
        registry: "txt",
        txtOwnerId: "hubspoke-hub",
        domainFilters: zones ?? [domain],
        labelFilter,
        interval: "1m",
        triggerLoopOnEvent: true,
        extraArgs: args,
        env: [
            ...Object.entries(env).map(([name, value]) => ({ name, value })),
            ...Object.keys(secretEnv).map((name) => ({
                name,
                valueFrom: { secretKeyRef: { name: "external-dns", key: name } },
            })),
        ],
        serviceAccount: { annotations: identity },
        resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
    };
}
