import type * as pulumi from "@pulumi/pulumi";
import { managedByLabel, manager, rulesLabel, targetsLabel } from "../../clusters/names";
import type { AlertSettings, ProbeSettings } from "../../settings/alerts";
import type { HubSettings } from "../../settings/hub";
import { type RuleGroups, rulesFile } from "./ruleFile";

/** Name of the job under which Prometheus keeps what the probes saw. */
export const probeJob = "hubspoke-probe";

/** What an environment's stack must know of how the hub watches; the hub's stack says it. */
export interface ProbePlan extends Pick<AlertSettings, "interval" | "labels" | "prober"> {
    /** What Prometheus on the hub reads: the operator's objects, or files in ConfigMaps; or nobody watches. */
    readonly objects: "operator" | "files" | "none";
}

/** What the hub's stack tells environments of its watch. */
export function probePlan({ alerts }: Pick<HubSettings, "alerts">, objects: ProbePlan["objects"]): ProbePlan {
    const { interval, labels, prober } = alerts;
    return { objects, interval, labels, prober };
}

/** Where an object stands. */
export interface ObjectName {
    readonly name: string;
    readonly namespace: string;
}

/** What is probed of a cluster. */
export type ProbeKind = keyof ProbeSettings;

/** One URL that shows whether a cluster serves. */
export interface ProbeTarget {
    readonly kind: ProbeKind;
    readonly url: string;
    readonly labels: Readonly<Record<string, string>>;
}

/** A cluster, as its alerts name it. */
export interface WatchedCluster {
    readonly cluster: string;
    readonly environment: string;
    readonly region: string;
}

export interface ProbeTargetArgs extends WatchedCluster {
    /** URL of the API server. */
    readonly server: string;
    /** DNS domain of what runs on the cluster. */
    readonly domain: string;
    /** Whether the agent is delivered there. */
    readonly deployed: boolean;
    /** Whether the API server is behind a proxy, which the prober does not know. */
    readonly proxied: boolean;
    readonly probe: ProbeSettings;
}

/** Module of the blackbox_exporter for a kind of probe. */
export function moduleOf(kind: ProbeKind): string {
    return `hubspoke_${kind}`;
}

/** What to probe of a cluster: its API server from the hub, and the agent by its public name. */
export function probeTargets(args: ProbeTargetArgs): ProbeTarget[] {
    const { cluster, environment, region, server, domain, deployed, proxied, probe } = args;
    const urls = {
        api: probe.api ?? (!proxied && new URL("livez", server.endsWith("/") ? server : `${server}/`).href),
        agent: probe.agent ?? (deployed && `https://agent.${domain}/healthz`),
    };
    return (["api", "agent"] as const).flatMap((kind) => {
        const url = urls[kind];
        return url === false ? [] : [{ kind, url, labels: { probe: kind, cluster, environment, region } }];
    });
}

/** Targets as a file for Prometheus' `file_sd_configs`. */
export function targetsFile(targets: readonly ProbeTarget[]): string {
    return JSON.stringify(targets.map(({ url, labels }) => ({ targets: [url], labels })));
}

/** A cluster's targets and rules as a ConfigMap, labelled for what mounts it. */
export function probeFiles(
    place: ObjectName,
    targets: readonly ProbeTarget[],
    rules: pulumi.Output<RuleGroups> | undefined,
) {
    const ruleLabels: Record<string, string> = rules === undefined ? {} : { [rulesLabel]: "true" };
    return {
        metadata: { ...place, labels: { [managedByLabel]: manager, [targetsLabel]: "true", ...ruleLabels } },
        data: {
            "targets.json": targetsFile(targets),
            ...(rules === undefined ? {} : { "rules.yaml": rules.apply(rulesFile) }),
        },
    };
}

/** A target as the operator's Probe. The hub is where it is seen from. */
export function probeObject({ name, namespace }: ObjectName, { kind, url, labels }: ProbeTarget, plan: ProbePlan) {
    return {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "Probe",
        metadata: { name: `${name}-${kind}`, namespace, labels: plan.labels },
        spec: {
            jobName: probeJob,
            interval: plan.interval,
            module: moduleOf(kind),
            prober: { url: plan.prober },
            targets: { staticConfig: { static: [url], labels: { ...labels, vantage: "hub" } } },
        },
    };
}

/**
 * Modules of the blackbox_exporter. The API server's certificate is of the cluster's own authority, of which one module
 * could know only one; so it is not verified. Nothing is sent that could be stolen: an answer that refuses counts, too,
 * since it shows that the API server works.
 */
export function blackboxModules() {
    const http = { preferred_ip_protocol: "ip4" };
    return {
        modules: {
            [moduleOf("api")]: {
                prober: "http",
                timeout: "5s",
                http: {
                    ...http,
                    follow_redirects: false,
                    valid_status_codes: [200, 401, 403],
                    tls_config: { insecure_skip_verify: true },
                },
            },
            [moduleOf("agent")]: { prober: "http", timeout: "5s", http: { ...http, valid_status_codes: [200] } },
        },
    };
}

/** Since when a cluster's token has been there, as a metric: labels alone could not be compared with the time. */
export function credentialRules({ cluster, environment, region }: WatchedCluster, since: string): RuleGroups {
    const created = Math.floor(Date.parse(since) / 1000);
    return {
        groups: [
            {
                name: `hubspoke-credential-${cluster}`,
                rules: [
                    {
                        record: "hubspoke:credential:created",
                        expr: `vector(${created})`,
                        labels: { cluster, environment, region },
                    },
                ],
            },
        ],
    };
}
