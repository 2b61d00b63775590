import type { AlertSettings } from "../../settings/alerts";
import type { Severity } from "../../settings/kinds";
import { alertsOf } from "./alerts";
import type { Rule, RuleGroups } from "./ruleFile";

/** The environment label of alerts about the hub itself. */
const hubEnvironment = "hub";

/**
 * Name, environment and region of every registered cluster, by the URL of its API server: Argo CD's other metrics have
 * only that URL (argo-cd, controller/metrics/clustercollector.go). The name is the one in the stack file, as in the
 * probes' metrics; Argo CD may have another.
 */
const clusters: Rule = {
    record: "hubspoke:cluster:info",
    expr: `max by (server, cluster, environment, region) (
  ${[
      ["label_region", "region"],
      ["label_environment", "environment"],
      ["name", "cluster"],
      ["label_hubspoke_cluster", "cluster"],
  ].reduce((vector, [from = "", to = ""]) => renamed(from, to, vector), "argocd_cluster_labels")}
)`,
};

/** The vector with the label `to` from the label `from`, where that has a value. */
function renamed(from: string, to: string, vector: string): string {
    return `label_replace(${vector}, "${to}", "$1", "${from}", "(.+)")`;
}

/**
 * The fleet's rules: one group, so that the alerts use the current result of its first rule.
 *
 * @param runbooks URL of the folder with a page for each alert, without a slash at the end
 */
export function fleetRules(settings: AlertSettings, runbooks: string): RuleGroups {
    const alerts = alertsOf(settings).map(({ name, expr, lasting, severity, summary, description }): Rule => ({
        alert: name,
        expr,
        ...(lasting === undefined ? {} : { for: lasting }),
        labels:
            severity === "by environment"
                ? { severity: severityTemplate(settings.severities, "$labels.environment") }
                : ofHub(severity, settings),
        annotations: { summary, description, runbook_url: `${runbooks}/${name}.md` },
    }));
    return { groups: [{ name: "hubspoke", interval: settings.interval, rules: [clusters, ...alerts] }] };
}

function ofHub(severity: "hub" | "none", { severities }: AlertSettings): Record<string, string> {
    return {
        severity: severity === "none" ? "none" : severityOf(severities, hubEnvironment),
        environment: hubEnvironment,
    };
}

/** The severity in an environment. */
export function severityOf(severities: AlertSettings["severities"], environment: string): Severity {
    return severities[environment] ?? "warning";
}

/** Go template that selects the severity by the environment in `variable`. */
export function severityTemplate(severities: AlertSettings["severities"], variable: string): string {
    const levels = ["critical", "info"].flatMap((level) => {
        const names = Object.keys(severities).filter((name) => severities[name] === level);
        const list = names.sort().map((name) => `"${name}"`).join(" ");
        return names.length === 0 ? [] : [`if eq ${variable} ${list} }}${level}{{ else `];
    });
    return levels.length === 0 ? "warning" : `{{ ${levels.join("")}}}warning{{ end }}`;
}
