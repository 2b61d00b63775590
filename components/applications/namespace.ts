import { LimitRange, Namespace, ResourceQuota } from "@pulumi/kubernetes/core/v1";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import { adoptedAnnotation, applicationLabel } from "../../clusters/names";
import type { AdoptedNamespace } from "../account/adoption";
import { takeOver } from "../support/takeOver";
import { isIsolated, type NamespaceLimits } from "../../settings/delivery";

export interface ApplicationNamespaceArgs {
    /** The application's name. */
    readonly application: string;
    /** Name of the namespace to create. */
    readonly namespace: string;
    readonly limits: NamespaceLimits;
    /** The namespace's own labels and annotations, if it existed before the stack: it stays after a destroy. */
    readonly adopted?: AdoptedNamespace | undefined;
    /** Whether others have pods in the namespace, which no limit or policy of the stack may reach. */
    readonly shared?: boolean;
}

/**
 * An application's namespace on a spoke, with the requirements of the cluster's owner: a Pod Security Standard, a
 * quota, default limits for containers, and no traffic that a policy does not allow.
 *
 * The environment's stack manages it, not Argo CD: Argo CD has no rights on namespaces, quotas and limits, so a change
 * in Git cannot relax them. It has rights on NetworkPolicies where the chart contains those of the application.
 */
export class ApplicationNamespace extends pulumi.ComponentResource {
    /** The namespace's name; a resource that uses it depends on this component, and so on all the limits. */
    readonly namespaceName: pulumi.Output<string>;

    constructor(name: string, args: ApplicationNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:AgentNamespace", name, {}, opts);

        const { application, adopted, limits, shared = false } = args;
        const namespace = new Namespace(
            `${name}-namespace`,
            {
                metadata: {
                    name: args.namespace,
                    labels: { ...adopted?.labels, ...(shared ? {} : podSecurityLabels(limits.podSecurity)) },
                    ...(adopted && {
                        annotations: { ...adopted.annotations, ...takeOver, [adoptedAnnotation]: "true" },
                    }),
                },
            },
            {
                parent: this,
                // Earlier, its parent was the spoke; without the alias, an update would delete all that it contains.
                aliases: opts?.parent === undefined ? [] : [{ parent: opts.parent }],
                ...(adopted && { import: args.namespace, retainOnDelete: true }),
            },
        );
        const inside = (object: string) => ({ name: object, namespace: namespace.metadata.name });
        if (!shared) {
            this.limit(name, inside(application), limits);
        }
        if (isIsolated(limits)) {
            const podSelector = shared ? { matchLabels: applicationLabel(application) } : {};
            const metadata = inside(shared ? `${application}-default-deny` : "default-deny");
            const spec = { podSelector, policyTypes: ["Ingress", "Egress"] };
            new NetworkPolicy(`${name}-default-deny`, { metadata, spec }, { parent: this });
        }

        this.namespaceName = namespace.metadata.name;
        this.registerOutputs({ namespaceName: this.namespaceName });
    }

    /** The quota, and default limits for containers. */
    private limit(name: string, metadata: object, limits: NamespaceLimits): void {
        // The quota refuses a pod without requests or limits. These defaults are for pods that lack them: those of an
        // older revision of the chart, and of other programs, such as cert-manager's solvers.
        const defaults = new LimitRange(
            `${name}-limits`,
            {
                metadata,
                spec: {
                    limits: [
                        {
                            type: "Container",
                            default: { memory: "256Mi", "ephemeral-storage": "512Mi" },
                            defaultRequest: { cpu: "50m", memory: "128Mi", "ephemeral-storage": "128Mi" },
                        },
                    ],
                },
            },
            { parent: this },
        );
        const { pods, cpu, memory, ephemeralStorage } = limits;
        new ResourceQuota(
            `${name}-quota`,
            {
                metadata,
                spec: {
                    hard: {
                        pods: String(pods),
                        "requests.cpu": cpu,
                        "requests.memory": memory,
                        "limits.memory": memory,
                        "requests.ephemeral-storage": ephemeralStorage,
                        "limits.ephemeral-storage": ephemeralStorage,
                        // Users reach the agent through its Ingress. A load balancer of its own would be a hidden cost,
                        // and a node port would open every node, past the network policies' namespaces.
                        "services.loadbalancers": "0",
                        "services.nodeports": "0",
                    },
                },
            },
            { parent: this, dependsOn: defaults },
        );
    }
}

/** Enforces the standard, warns the client about violations, and writes them to the audit log. */
function podSecurityLabels(standard: NamespaceLimits["podSecurity"]): Record<string, string> {
    return Object.fromEntries(
        ["enforce", "warn", "audit"].map((mode) => [`pod-security.kubernetes.io/${mode}`, standard]),
    );
}
