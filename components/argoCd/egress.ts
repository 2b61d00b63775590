import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import type { EgressSettings } from "../../settings/egress";

type Limits = NonNullable<EgressSettings>;

/** What each component needs beside DNS and the pods of its own namespace: Redis, the repo server and each other. */
const needs: Readonly<Record<string, readonly Exclude<keyof Limits, "dns">[]>> = {
    "argocd-application-controller": ["hub", "clusters", "identity"],
    // It checks sign-on tokens, and shows live objects and logs of the spokes.
    "argocd-server": ["hub", "clusters", "identity", "signOn"],
    // It has no part in the API servers: with them open, a chart could send what it reads there.
    "argocd-repo-server": ["git"],
    "argocd-applicationset-controller": ["hub"],
    "argocd-notifications-controller": ["hub", "notifications"],
};

export interface EgressArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    readonly settings: Limits;
}

/**
 * Limits the outgoing connections of Argo CD's pods. The chart has policies for incoming ones only, and for both at
 * Redis and its proxies.
 */
export class Egress extends pulumi.ComponentResource {
    constructor(name: string, { namespace, settings }: EgressArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Egress", name, {}, opts);

        for (const policy of egressPolicies(namespace, settings)) {
            new NetworkPolicy(`${name}-${policy.metadata.name}`, policy, { parent: this });
        }
        this.registerOutputs();
    }
}

/** One policy for each component. */
export function egressPolicies(namespace: pulumi.Input<string>, settings: Limits) {
    return Object.entries(needs).map(([component, kinds]) => ({
        metadata: { name: `${component}-egress`, namespace },
        spec: {
            podSelector: { matchLabels: { "app.kubernetes.io/name": component } },
            policyTypes: ["Egress"],
            egress: [
                { to: [{ podSelector: {} }] },
                ...settings.dns.map((each) => rule(each, ["UDP", "TCP"])),
                ...kinds.flatMap((kind) => settings[kind] ?? []).map((each) => rule(each, ["TCP"])),
            ],
        },
    }));
}

function rule({ cidr, ports }: Limits["hub"][number], protocols: readonly string[]) {
    return {
        to: [{ ipBlock: { cidr } }],
        ports: ports.flatMap((port) => protocols.map((protocol) => ({ protocol, port }))),
    };
}
