import {
    ValidatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding,
} from "@pulumi/kubernetes/admissionregistration/v1";
import * as pulumi from "@pulumi/pulumi";
import { allowDeleteAnnotation, nameLabel, protectionPolicy } from "../../clusters/names";

export interface ApplicationProtectionArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    /** Names of the applications. */
    readonly applications: readonly string[];
    /** Environments whose Applications are protected. */
    readonly environments: readonly string[];
}

/**
 * Denies, on the hub, the deletion of an Application on a cluster of a protected environment unless the
 * Application has {@link allowDeleteAnnotation}. After the loss of a label or the change of a selector, the
 * ApplicationSet then reports an error, and no workload is deleted.
 */
export class ApplicationProtection extends pulumi.ComponentResource {
    constructor(name: string, args: ApplicationProtectionArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:ApplicationProtection", name, {}, opts);

        const policy = new ValidatingAdmissionPolicy(
            `${name}-policy`,
            { metadata: { name: protectionPolicy }, spec: protectionSpec(args) },
            { parent: this },
        );
        new ValidatingAdmissionPolicyBinding(
            `${name}-binding`,
            {
                metadata: { name: protectionPolicy },
                spec: {
                    policyName: policy.metadata.name,
                    validationActions: ["Deny"],
                    matchResources: {
                        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": args.namespace } },
                    },
                },
            },
            { parent: this },
        );
        this.registerOutputs();
    }
}

function protectionSpec({ applications, environments }: Omit<ApplicationProtectionArgs, "namespace">) {
    const annotations = "oldObject.metadata.annotations";
    return {
        failurePolicy: "Fail",
        matchConstraints: {
            resourceRules: [
                {
                    apiGroups: ["argoproj.io"],
                    apiVersions: ["*"],
                    operations: ["DELETE"],
                    resources: ["applications"],
                },
            ],
            objectSelector: {
                matchExpressions: [
                    { key: nameLabel, operator: "In", values: [...applications] },
                    { key: "environment", operator: "In", values: [...environments] },
                ],
            },
        },
        validations: [
            {
                expression:
                    `has(${annotations}) && '${allowDeleteAnnotation}' in ${annotations} && ` +
                    `${annotations}['${allowDeleteAnnotation}'] == 'true'`,
                messageExpression:
                    "'Application ' + oldObject.metadata.name + ' belongs to the protected environment ' + " +
                    "oldObject.metadata.labels['environment'] + '. To allow its deletion, annotate it first: " +
                    `kubectl annotate application ' + oldObject.metadata.name + ' ${allowDeleteAnnotation}=true'`,
                reason: "Forbidden",
            },
        ],
    };
}
