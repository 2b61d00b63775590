import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { toYaml } from "../support/yaml";
import { managedByLabel, manager, rulesLabel } from "../../clusters/names";
import type { ApplicationSettings } from "../../settings/applications";
import type { AlertSettings } from "../../settings/alerts";
import { prometheusRule, rulesFile } from "./ruleFile";
import { fleetRules } from "./rules";
import { runbookFolder } from "./runbooks";
import { dashboardLabel, fleetDashboard } from "./dashboard";
import { blackboxModules, type ProbePlan } from "./probePlan";

export interface AlertsArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    readonly settings: AlertSettings;
    /** The applications; the first repository of a chart is the default location of the runbooks. */
    readonly applications: readonly ApplicationSettings[];
    /** What Prometheus on the hub reads. */
    readonly objects: Exclude<ProbePlan["objects"], "none">;
}

/** The fleet's rules for the hub's Prometheus, the modules of the blackbox_exporter for its probes, and a dashboard. */
export class Alerts extends pulumi.ComponentResource {
    constructor(name: string, args: AlertsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Alerts", name, {}, opts);

        const { namespace, settings } = args;
        const rules = fleetRules(settings, runbookFolder(settings, args.applications));
        const managed = { [managedByLabel]: manager };
        new ConfigMap(
            `${name}-blackbox`,
            {
                metadata: { name: "hubspoke-blackbox", namespace, labels: managed },
                data: { "blackbox.yaml": toYaml(blackboxModules()) },
            },
            { parent: this },
        );
        if (settings.dashboard) {
            new ConfigMap(
                `${name}-dashboard`,
                {
                    metadata: { name: "hubspoke-dashboard", namespace, labels: { ...managed, ...dashboardLabel } },
                    data: { "hubspoke-fleet.json": JSON.stringify(fleetDashboard(), undefined, 1) },
                },
                { parent: this },
            );
        }
        switch (args.objects) {
            case "operator":
                new CustomResource(
                    `${name}-rules`,
                    prometheusRule({ name: "hubspoke", namespace, labels: settings.labels }, rules),
                    { parent: this },
                );
                break;
            case "files":
                new ConfigMap(
                    `${name}-rules`,
                    {
                        metadata: {
                            name: "hubspoke-alert-rules",
                            namespace,
                            labels: { ...managed, [rulesLabel]: "true" },
                        },
                        data: { "rules.yaml": rulesFile(rules) },
                    },
                    { parent: this },
                );
        }
        this.registerOutputs();
    }
}
