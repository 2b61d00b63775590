import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { HubOutputs } from "../hubOutputs";
import { credentialRules, probeFiles, probeObject, probeTargets, type ProbeTargetArgs } from "./probePlan";
import { prometheusRule } from "./ruleFile";

export interface ProbesArgs extends ProbeTargetArgs {
    readonly hub: Pick<HubOutputs, "argoCdNamespace" | "probes">;
    /** Creation time and end of the cluster's token, as RFC 3339; undefined for a credential without a token. */
    readonly token: { readonly created: pulumi.Output<string>; readonly expires?: pulumi.Output<string> } | undefined;
}

/**
 * The configuration of the hub's Prometheus for one cluster: its probes, and the age of its credential. On a hub with
 * the Prometheus operator these are the operator's objects; otherwise one ConfigMap, with labels for its consumer.
 */
export class Probes extends pulumi.ComponentResource {
    constructor(name: string, args: ProbesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Probes", name, {}, opts);

        const { argoCdNamespace: namespace, probes: plan } = args.hub;
        const place = { name: `probe-${args.cluster}`, namespace };
        const targets = probeTargets(args);
        const { token } = args;
        const times = token && pulumi.output({ created: token.created, expires: token.expires });
        const rules = times?.apply((known) => credentialRules(args, known));
        switch (plan.objects) {
            case "operator":
                for (const target of targets) {
                    new CustomResource(`${name}-${target.kind}`, probeObject(place, target, plan), { parent: this });
                }
                if (rules !== undefined) {
                    const rule = prometheusRule({ ...place, labels: plan.labels }, rules);
                    new CustomResource(`${name}-credential`, rule, { parent: this });
                }
                break;
            case "files":
                new ConfigMap(`${name}-files`, probeFiles(place, targets, rules), { parent: this });
                break;
            case "none":
        }
        this.registerOutputs();
    }
}
