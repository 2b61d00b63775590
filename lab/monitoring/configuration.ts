import { stringify } from "yaml";

/** The addresses of the monitoring's parts, and the files that they read. */
export interface WatchPlan {
    readonly ports: Readonly<
        Record<"blackboxHub" | "blackboxOutside" | "prometheus" | "alertmanager" | "people" | "failoverReceiver", number>
    >;
    /** Interval of probes and rules, in Prometheus's notation, from the hub's rules file. */
    readonly interval: string;
    /** Folder of the rules and targets that the stacks emit. */
    readonly folder: string;
    /** Addresses of Argo CD's metrics, by component. */
    readonly argoCd: Readonly<Record<string, string>>;
    /** File with the token that the receiver of automatic failovers requires. */
    readonly tokenFile: string;
}

const at = (port: number) => `127.0.0.1:${port}`;

/**
 * Prometheus' configuration: the files from the stacks, with probes from two places. The place of a prober is in the
 * label `vantage`; from outside, only what users reach is probed.
 */
export function prometheusConfiguration({ ports, interval, folder, argoCd }: WatchPlan): string {
    const probes = (vantage: "hub" | "outside", prober: number) => ({
        job_name: `hubspoke-probe-${vantage}`,
        metrics_path: "/probe",
        file_sd_configs: [{ files: [`${folder}/targets-*.json`], refresh_interval: "5s" }],
        relabel_configs: [
            ...(vantage === "outside" ? [{ source_labels: ["probe"], regex: "agent", action: "keep" }] : []),
            { source_labels: ["probe"], target_label: "__param_module", replacement: "hubspoke_$1" },
            { source_labels: ["__address__"], target_label: "__param_target" },
            { source_labels: ["__address__"], target_label: "instance" },
            { target_label: "job", replacement: "hubspoke-probe" },
            { target_label: "vantage", replacement: vantage },
            { target_label: "__address__", replacement: at(prober) },
        ],
    });
    return stringify({
        global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
        rule_files: [`${folder}/rules-*.yaml`],
        alerting: { alertmanagers: [{ static_configs: [{ targets: [at(ports.alertmanager)] }] }] },
        scrape_configs: [
            probes("hub", ports.blackboxHub),
            probes("outside", ports.blackboxOutside),
            ...Object.entries(argoCd).map(([component, address]) => ({
                job_name: component,
                static_configs: [{ targets: [address] }],
            })),
        ],
    });
}

/**
 * Alertmanager's configuration: it sends everything to people immediately, and outages also to the receiver of
 * failovers.
 */
export function alertmanagerConfiguration({ ports, tokenFile }: WatchPlan): string {
    const fast = { group_wait: "0s", group_interval: "1s", repeat_interval: "1m" };
    return stringify({
        route: {
            receiver: "people",
            group_by: ["alertname", "cluster", "vantage"],
            ...fast,
            routes: [
                {
                    receiver: "failover",
                    matchers: ['alertname=~"ClusterUnreachable|AgentUnreachable"'],
                    continue: true,
                },
                { receiver: "people" },
            ],
        },
        receivers: [
            { name: "people", webhook_configs: [{ url: `http://${at(ports.people)}/`, send_resolved: true }] },
            {
                name: "failover",
                webhook_configs: [
                    {
                        url: `http://${at(ports.failoverReceiver)}/alerts`,
                        send_resolved: true,
                        http_config: { authorization: { credentials_file: tokenFile } },
                    },
                ],
            },
        ],
    });
}

/** CoreDNS's configuration: the fleet's domain, which external-dns writes into etcd. */
export function corefile(domain: string, ports: Readonly<Record<"dns" | "dnsEtcd", number>>): string {
    return [
        `${domain}:${ports.dns} {`,
        "    bind 127.0.0.1",
        "    etcd {",
        "        path /skydns",
        `        endpoint http://${at(ports.dnsEtcd)}`,
        "    }",
        "    errors",
        "}",
        "",
    ].join("\n");
}
