import { LimitRange, Namespace, ResourceQuota } from "@pulumi/kubernetes/core/v1";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import type { NamespaceLimits } from "../../settings/delivery";

export interface AgentNamespaceArgs {
    /** Name of the namespace that is made. */
    readonly namespace: string;
    readonly limits: NamespaceLimits;
    /** Whether it stands on the spoke already, with what was delivered into it: it is then taken over. */
    readonly adopt?: boolean;
}

/**
 * The agent's namespace on a spoke, with what the cluster's owner demands of anything in it: a Pod Security Standard,
 * a quota, limits for containers that name none, and no traffic that a policy does not allow.
 *
 * It is the environment's and not Argo CD's: Argo CD has no right on namespaces, quotas and limits, so a change in Git
 * cannot widen them. It does have one on NetworkPolicies, since the chart brings the agent's own.
 */
export class AgentNamespace extends pulumi.ComponentResource {
    /** The namespace's name; whoever delivers into it depends on this component, and so on all the limits. */
    readonly namespaceName: pulumi.Output<string>;

    constructor(name: string, args: AgentNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:AgentNamespace", name, {}, opts);

        const { podSecurity, pods, cpu, memory } = args.limits;
        const namespace = new Namespace(
            `${name}-namespace`,
            { metadata: { name: args.namespace, labels: podSecurityLabels(podSecurity) } },
            {
                parent: this,
                // It was the spoke's own child once; without the alias an update would delete all that is in it.
                aliases: opts?.parent === undefined ? [] : [{ parent: opts.parent }],
                ...(args.adopt && { import: args.namespace }),
            },
        );
        const inside = (object: string) => ({ name: object, namespace: namespace.metadata.name });
        new ResourceQuota(
            `${name}-quota`,
            {
                metadata: inside("agent"),
                spec: {
                    hard: {
                        pods: String(pods),
                        "requests.cpu": cpu,
                        "requests.memory": memory,
                        "limits.memory": memory,
                        // An agent is reached by its Ingress; a load balancer of its own would cost money unseen.
                        "services.loadbalancers": "0",
                    },
                },
            },
            { parent: this },
        );
        new LimitRange(
            `${name}-limits`,
            {
                metadata: inside("agent"),
                // The quota refuses a pod that names no request; these are for pods that others bring, such as
                // cert-manager's solvers.
                spec: {
                    limits: [
                        {
                            type: "Container",
                            default: { memory: "256Mi" },
                            defaultRequest: { cpu: "50m", memory: "128Mi" },
                        },
                    ],
                },
            },
            { parent: this },
        );
        new NetworkPolicy(
            `${name}-default-deny`,
            {
                metadata: inside("default-deny"),
                spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
            },
            { parent: this },
        );

        this.namespaceName = namespace.metadata.name;
        this.registerOutputs({ namespaceName: this.namespaceName });
    }
}

/** Enforced, and told to whoever applies (warn) or reads the audit log. */
function podSecurityLabels(standard: NamespaceLimits["podSecurity"]): Record<string, string> {
    return Object.fromEntries(
        ["enforce", "warn", "audit"].map((mode) => [`pod-security.kubernetes.io/${mode}`, standard]),
    );
}
