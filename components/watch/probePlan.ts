import type * as pulumi from "@pulumi/pulumi";
import { managedByLabel, manager, rulesLabel, targetsLabel } from "../../clusters/names";
import type { AlertSettings, ProbeSettings } from "../../settings/alerts";
import type { HubSettings } from "../../settings/hub";
import { type RuleGroups, rulesFile } from "./ruleFile";

/** Prometheus job of the probes' results. */
export const probeJob = "hubspoke-probe";

/** How the hub monitors clusters: an output of the hub's stack for environment stacks. */
export interface ProbePlan extends Pick<AlertSettings, "interval" | "labels" | "prober"> {
    /** What Prometheus on the hub reads: the operator's objects, files in ConfigMaps, or nothing. */
    readonly objects: "operator" | "files" | "none";
}

/** The monitoring output of the hub's stack for environments. */
export function probePlan({ alerts }: Pick<HubSettings, "alerts">, objects: ProbePlan["objects"]): ProbePlan {
    const { interval, labels, prober } = alerts;
    return { objects, interval, labels, prober };
}

/** The name and namespace of an object. */
export interface ObjectName {
    readonly name: string;
    readonly namespace: string;
}

/** The parts of a cluster that are probed. */
export type ProbeKind = keyof ProbeSettings;

/** A URL that shows whether a cluster is available. */
export interface ProbeTarget {
    readonly kind: ProbeKind;
    readonly url: string;
    readonly labels: Readonly<Record<string, string>>;
}

/** A cluster, by the labels in its alerts. */
export interface WatchedCluster {
    readonly cluster: string;
    readonly environment: string;
    readonly region: string;
}

export interface ProbeTargetArgs extends WatchedCluster {
    /** URL of the API server. */
    readonly server: string;
    /** DNS domain of the cluster. */
    readonly domain: string;
    /** See {@link isServed}. */
    readonly deployed: boolean;
    /** Whether the API server is behind a proxy, which the prober does not know. */
    readonly proxied: boolean;
    readonly probe: ProbeSettings;
}

/** Module of the blackbox_exporter for a kind of probe. */
function moduleOf(kind: ProbeKind): string {
    return `hubspoke_${kind}`;
}

/** Whether a cluster gets the application that users reach. */
export function isServed(
    chosen: readonly { readonly traffic: boolean }[],
    labels: Readonly<Record<string, string>>,
): boolean {
    return labels.deploy === "true" && chosen.some(({ traffic }) => traffic);
}

/** The URL that shows whether a cluster serves users; false if it gets no such application, or its settings say so. */
export function agentProbe({ deployed, domain, probe }: Pick<ProbeTargetArgs, "deployed" | "domain" | "probe">) {
    return deployed && (probe.agent ?? `https://agent.${domain}/healthz`);
}

/** The probe targets of a cluster: its API server from the hub, and the agent by its public name. */
export function probeTargets(args: ProbeTargetArgs): ProbeTarget[] {
    const { cluster, environment, region, server, proxied, probe } = args;
    const urls = {
        api: probe.api ?? (!proxied && new URL("livez", server.endsWith("/") ? server : `${server}/`).href),
        agent: agentProbe(args),
    };
    return (["api", "agent"] as const).flatMap((kind) => {
        const url = urls[kind];
        return url === false ? [] : [{ kind, url, labels: { probe: kind, cluster, environment, region } }];
    });
}

/** Targets as a file for Prometheus' `file_sd_configs`. */
function targetsFile(targets: readonly ProbeTarget[]): string {
    return JSON.stringify(targets.map(({ url, labels }) => ({ targets: [url], labels })));
}

/** A cluster's targets and rules as a ConfigMap, with labels for the program that mounts it. */
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

/** A target as the operator's Probe, with the hub as the location of the probe. */
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
 * Modules of the blackbox_exporter. Each API server's certificate is from its cluster's own authority, and one module
 * can have only one authority, so it is not verified. The probe sends no credential: a refusal also counts as success,
 * because it shows that the API server works.
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

/** Times of a cluster's token, as RFC 3339: its creation, and its end if it has one. */
export interface TokenTimes {
    readonly created: string;
    readonly expires?: string | undefined;
}

/**
 * The creation time of a cluster's token, and the length of its life in seconds if it ends, as metrics, because labels
 * cannot be compared with the time.
 */
export function credentialRules(
    { cluster, environment, region }: WatchedCluster,
    { created, expires }: TokenTimes,
): RuleGroups {
    const labels = { cluster, environment, region };
    const since = Math.floor(Date.parse(created) / 1000);
    const metric = (record: string, value: number) => ({ record, expr: `vector(${value})`, labels });
    return {
        groups: [
            {
                name: `hubspoke-credential-${cluster}`,
                rules: [
                    metric("hubspoke:credential:created", since),
                    ...(expires === undefined
                        ? []
                        : [metric("hubspoke:credential:lifetime", Math.floor(Date.parse(expires) / 1000) - since)]),
                ],
            },
        ],
    };
}
