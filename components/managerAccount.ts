import { Namespace, Secret, ServiceAccount } from "@pulumi/kubernetes/core/v1";
import { Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { RandomString } from "@pulumi/random";
import agentRules from "./agentRules.json";
import { secretValue } from "./secretData";

/** Name of the account and of its namespace; `argocd cluster add` calls its own account the same. */
const accountName = "argocd-manager";

export interface ManagerAccountArgs {
    /** Namespaces on the spoke that Argo CD may manage: the plain name as key, the existing namespace's as value. */
    readonly namespaces: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * The account by which Argo CD works on a spoke: a ServiceAccount, one Role in each managed namespace with what the
 * agent's chart needs and no more, and a token.
 *
 * The account lives in a namespace of its own, where it has no right: a pod that Argo CD delivers cannot mount its
 * token.
 */
export class ManagerAccount extends pulumi.ComponentResource {
    /** The token; a secret. Known only after the RoleBindings, so that nobody works with half an account. */
    readonly token: pulumi.Output<string>;
    /** The certificate authority of the spoke's API server, in PEM. */
    readonly ca: pulumi.Output<string>;

    constructor(name: string, args: ManagerAccountArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:ManagerAccount", name, {}, opts);

        const namespace = new Namespace(`${name}-namespace`, { metadata: { name: accountName } }, { parent: this });
        const account = new ServiceAccount(
            `${name}-account`,
            {
                metadata: { name: accountName, namespace: namespace.metadata.name },
                automountServiceAccountToken: false,
            },
            { parent: this },
        );
        const bindings = Object.entries(args.namespaces).map(([key, target]) =>
            this.bind(`${name}-${key}`, target, account),
        );
        const suffix = new RandomString(
            `${name}-token-suffix`,
            { length: 6, special: false, upper: false },
            { parent: this },
        );
        const token = new Secret(
            `${name}-token`,
            {
                metadata: {
                    name: pulumi.interpolate`${accountName}-${suffix.result}`,
                    namespace: namespace.metadata.name,
                    annotations: { "kubernetes.io/service-account.name": account.metadata.name },
                },
                type: "kubernetes.io/service-account-token",
            },
            { parent: this, dependsOn: bindings, additionalSecretOutputs: ["data"] },
        );

        this.token = secretValue(token.data, "token");
        this.ca = secretValue(token.data, "ca.crt");
        this.registerOutputs({ token: this.token, ca: this.ca });
    }

    /** Gives the account what the agent's chart needs in one namespace. */
    private bind(name: string, target: pulumi.Input<string>, account: ServiceAccount): RoleBinding {
        const metadata = { name: accountName, namespace: target };
        const role = new Role(`${name}-role`, { metadata, rules: agentRules }, { parent: this });
        return new RoleBinding(
            `${name}-binding`,
            {
                metadata,
                roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
                subjects: [
                    { kind: "ServiceAccount", name: account.metadata.name, namespace: account.metadata.namespace },
                ],
            },
            { parent: this },
        );
    }
}
