import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { managedByLabel, manager, rulesLabel, targetsLabel } from "../../clusters/names";
import type { HubOutputs } from "../hubOutputs";
import { rulesFile, type RuleGroups } from "./ruleFile";
import { credentialRules, type ProbePlan, type ProbeTarget, probeSpec, probeTargets, type ProbeTargetArgs, targetsFile } from "./probePlan";

export interface ProbesArgs extends ProbeTargetArgs {
    readonly hub: Pick<HubOutputs, "argoCdNamespace" | "probes">;
    /** When the cluster's token was made, as RFC 3339; nothing for a cloud's identity. */
    readonly since: pulumi.Output<string> | undefined;
}

/**
 * What the hub's Prometheus is told of one cluster: what to probe, and how old its credential is. On a hub with the
 * Prometheus operator these are its objects; else one ConfigMap, labelled for whatever mounts it.
 */
export class Probes extends pulumi.ComponentResource {
    constructor(name: string, args: ProbesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Probes", name, {}, opts);

        const plan = args.hub.probes;
        const targets = probeTargets(args);
        const rules = args.since?.apply((since) => credentialRules(args, since));
        const metadata = { name: `probe-${args.cluster}`, namespace: args.hub.argoCdNamespace };
        switch (plan.objects) {
            case "operator":
                this.objects(name, metadata, plan, targets, rules);
                break;
            case "files":
                this.files(name, metadata, targets, rules);
                break;
            case "none":
        }
        this.registerOutputs();
    }

    private objects(
        name: string,
        metadata: { readonly name: string; readonly namespace: string },
        plan: ProbePlan,
        targets: readonly ProbeTarget[],
        rules: pulumi.Output<RuleGroups> | undefined,
    ): void {
        const apiVersion = "monitoring.coreos.com/v1";
        for (const target of targets) {
            new CustomResource(
                `${name}-${target.kind}`,
                {
                    apiVersion,
                    kind: "Probe",
                    metadata: { ...metadata, name: `${metadata.name}-${target.kind}`, labels: plan.labels },
                    spec: probeSpec(target, plan),
                },
                { parent: this },
            );
        }
        if (rules !== undefined) {
            new CustomResource(
                `${name}-credential`,
                { apiVersion, kind: "PrometheusRule", metadata: { ...metadata, labels: plan.labels }, spec: rules },
                { parent: this },
            );
        }
    }

    private files(
        name: string,
        metadata: { readonly name: string; readonly namespace: string },
        targets: readonly ProbeTarget[],
        rules: pulumi.Output<RuleGroups> | undefined,
    ): void {
        new ConfigMap(
            `${name}-files`,
            {
                metadata: {
                    ...metadata,
                    labels: {
                        [managedByLabel]: manager,
                        [targetsLabel]: "true",
                        ...(rules === undefined ? {} : { [rulesLabel]: "true" }),
                    },
                },
                data: {
                    "targets.json": targetsFile(targets),
                    ...(rules === undefined ? {} : { "rules.yaml": rules.apply(rulesFile) }),
                },
            },
            { parent: this },
        );
    }
}
