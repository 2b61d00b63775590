import { LimitRange, Namespace, ResourceQuota } from "@pulumi/kubernetes/core/v1";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import type { NamespaceLimits } from "../../settings/delivery";

export interface AgentNamespaceArgs {
    /** Name of the namespace to create. */
    readonly namespace: string;
    readonly limits: NamespaceLimits;
    /** Whether the namespace already exists on the spoke, with its resources, and is to be adopted. */
    readonly adopt?: boolean;
}

/**
 * The agent's namespace on a spoke, with the requirements of the cluster's owner: a Pod Security Standard, a quota,
 * default limits for containers, and no traffic that a policy does not allow.
 *
 * The environment's stack manages it, not Argo CD: Argo CD has no rights on namespaces, quotas and limits, so a change
 * in Git cannot relax them. It has rights on NetworkPolicies, because the chart contains those of the agent.
 */
export class AgentNamespace extends pulumi.ComponentResource {
    /** The namespace's name; a resource that uses it depends on this component, and so on all the limits. */
    readonly namespaceName: pulumi.Output<string>;

    constructor(name: string, args: AgentNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:AgentNamespace", name, {}, opts);

        const { podSecurity, pods, cpu, memory } = args.limits;
        const namespace = new Namespace(
            `${name}-namespace`,
            { metadata: { name: args.namespace, labels: podSecurityLabels(podSecurity) } },
            {
                parent: this,
                // Earlier, its parent was the spoke; without the alias, an update would delete all that it contains.
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
                        // Users reach the agent through its Ingress; a separate load balancer would be a hidden cost.
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
                // The quota refuses a pod without requests; these defaults are for pods of other programs, such as
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

/** Enforces the standard, warns the client about violations, and writes them to the audit log. */
function podSecurityLabels(standard: NamespaceLimits["podSecurity"]): Record<string, string> {
    return Object.fromEntries(
        ["enforce", "warn", "audit"].map((mode) => [`pod-security.kubernetes.io/${mode}`, standard]),
    );
}
