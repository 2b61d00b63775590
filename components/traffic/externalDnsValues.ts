import { trafficLabel } from "../../clusters/names";
import type { TrafficSettings } from "../../settings/traffic";

/** Namespace of external-dns on the hub. */
export const externalDnsNamespace = "external-dns";

/** Settings for external-dns, if the program installs it. */
export type ExternalDnsSettings = Extract<NonNullable<TrafficSettings>["externalDns"], { mode: "install" }>;

/** Default chart and version. */
export const externalDnsChart = {
    name: "external-dns",
    ...{ repository: "https://kubernetes-sigs.github.io/external-dns/", version: "1.22.0" },
};

/**
 * Values for the external-dns chart, without secrets. It publishes only the hub's labelled DNSEndpoints, immediately
 * after a change.
 *
 * `upsert-only` never deletes a record: a rebuilt hub has no DNSEndpoint for a short time, and the users' DNS name must
 * still work then.
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
