import type * as pulumi from "@pulumi/pulumi";
import { toYaml } from "../support/yaml";

/** A Prometheus rule (prometheus.io/docs, "Alerting rules" and "Recording rules"). */
export type Rule =
    | {
          readonly alert: string;
          readonly expr: string;
          readonly for?: string;
          readonly labels: Readonly<Record<string, string>>;
          readonly annotations: Readonly<Record<string, string>>;
      }
    | { readonly record: string; readonly expr: string; readonly labels?: Readonly<Record<string, string>> };

/** The content of a rules file, and the spec of a PrometheusRule. */
export interface RuleGroups {
    readonly groups: readonly {
        readonly name: string;
        readonly interval?: string;
        readonly rules: readonly Rule[];
    }[];
}

/** Rules as a file for Prometheus' `rule_files`. */
export function rulesFile(rules: RuleGroups): string {
    return toYaml(rules);
}

/** Rules as the operator's PrometheusRule. */
export function prometheusRule(metadata: object, spec: pulumi.Input<RuleGroups>) {
    return { apiVersion: "monitoring.coreos.com/v1", kind: "PrometheusRule", metadata, spec };
}
