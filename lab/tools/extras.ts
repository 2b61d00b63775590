import type { Tool } from "./catalogue";

/** Tools that `npm run lab` does without: each is fetched or built when a command or a test first asks for it. */
export const extras = [
    {
        name: "actionlint",
        version: "1.7.12",
        prebuilt: { mise: "aqua:rhysd/actionlint", megabytes: 2 },
        versionArgs: ["-version"],
        module: "actionlint",
        package: "github.com/rhysd/actionlint/cmd/actionlint",
        stamps: { "github.com/rhysd/actionlint.version": "1.7.12" },
    },
    {
        // Prometheus 3.10: its Go module counts 0.310.
        name: "prometheus",
        version: "0.310.0",
        prebuilt: { mise: "aqua:prometheus/prometheus", megabytes: 130, version: "3.10.0" },
        module: "prometheus",
        package: "github.com/prometheus/prometheus/cmd/prometheus",
        stamps: {},
    },
    {
        name: "promtool",
        version: "0.310.0",
        prebuilt: { mise: "aqua:prometheus/prometheus", megabytes: 130, version: "3.10.0" },
        module: "prometheus",
        package: "github.com/prometheus/prometheus/cmd/promtool",
        stamps: {},
    },
    {
        name: "blackbox_exporter",
        version: "0.27.0",
        prebuilt: { mise: "github:prometheus/blackbox_exporter", megabytes: 13 },
        module: "blackbox",
        package: "github.com/prometheus/blackbox_exporter",
        stamps: {},
    },
    {
        name: "alertmanager",
        version: "0.30.0",
        prebuilt: { mise: "aqua:prometheus/alertmanager", megabytes: 35 },
        module: "alertmanager",
        package: "github.com/prometheus/alertmanager/cmd/alertmanager",
        stamps: {},
    },
    {
        name: "coredns",
        version: "1.15.0",
        prebuilt: { mise: "github:coredns/coredns", megabytes: 20 },
        module: "dns",
        package: "github.com/coredns/coredns",
        stamps: {},
    },
    {
        name: "external-dns",
        version: "0.23.0",
        module: "external-dns",
        package: "sigs.k8s.io/external-dns",
        stamps: {},
    },
    {
        name: "external-secrets",
        version: "0.18.2",
        module: "external-secrets",
        package: "github.com/external-secrets/external-secrets",
        stamps: {},
    },
    {
        name: "registry",
        version: "3.1.2",
        prebuilt: { mise: "github:distribution/distribution", megabytes: 20 },
        module: "registry",
        package: "github.com/distribution/distribution/v3/cmd/registry",
        stamps: {},
    },
    {
        name: "toxiproxy-server",
        version: "2.12.0",
        prebuilt: { mise: "github:Shopify/toxiproxy", megabytes: 10 },
        versionArgs: ["-version"],
        module: "toxiproxy",
        package: "github.com/Shopify/toxiproxy/v2/cmd/server",
        stamps: { "github.com/Shopify/toxiproxy/v2.Version": "2.12.0" },
    },
] as const satisfies readonly Tool[];

/** Name of an extra. */
export type ExtraName = (typeof extras)[number]["name"];
