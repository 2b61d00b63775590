import { ConfigMap, Namespace, ServiceAccount } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { accountName } from "../../clusters/names";
import type { Credentials, Permissions } from "../../settings/credentials";
import { Grants, type Subject } from "./grants";
import { type TokenFacts, Tokens } from "./tokens";

export interface ManagerAccountArgs {
    /** Namespaces that Argo CD may manage: the plain name as key, the existing namespace's name as value. */
    readonly namespaces: Readonly<Record<string, pulumi.Input<string>>>;
    readonly credentials: Credentials;
    readonly permissions: Permissions;
    /** Whether Argo CD may read the logs of pods. */
    readonly logs: boolean;
}

/**
 * Argo CD's identity and rights on a spoke: a ServiceAccount on the spoke with a token, or a cloud identity, which
 * needs neither.
 *
 * The account has its own namespace, in which it has no rights: a pod that Argo CD delivers cannot mount its token.
 */
export class ManagerAccount extends pulumi.ComponentResource {
    /** The token in use, a secret, known only after the bindings; undefined for a cloud identity. */
    readonly token: pulumi.Output<string> | undefined;
    /** The certificate authority of the spoke's API server, in PEM. */
    readonly ca: pulumi.Output<string>;
    /** The tokens' names and ages; undefined for a cloud identity. */
    readonly tokens: { readonly current: TokenFacts; readonly previous: TokenFacts | undefined } | undefined;
    /** Versions that change with the rights. */
    readonly rights: pulumi.Output<string>[];

    constructor(name: string, args: ManagerAccountArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:ManagerAccount", name, {}, opts);

        const { credentials, permissions, namespaces, logs } = args;
        const grant = (subject: Subject) =>
            new Grants(name, { roleName: accountName, subject, namespaces, permissions, logs }, { parent: this });
        if (credentials.type === "token") {
            const account = this.account(name);
            const { name: user, namespace } = account.metadata;
            const grants = grant({ kind: "ServiceAccount", name: user, namespace });
            const { generation, retired } = credentials;
            const tokens = new Tokens(
                `${name}-token`,
                { account, generation, retired },
                { parent: this, dependsOn: grants },
            );
            this.rights = grants.versions;
            this.token = tokens.token;
            this.ca = tokens.ca;
            this.tokens = tokens;
        } else {
            this.rights = grant({ ...credentials.subject, apiGroup: "rbac.authorization.k8s.io" }).versions;
            // Every namespace has it: the spoke's controller publishes the certificate authority for all pods.
            const published = ConfigMap.get(`${name}-ca`, "default/kube-root-ca.crt", { parent: this });
            // Nothing is read of a cluster in quarantine.
            this.ca = published.data.apply((data: Record<string, string> | undefined) => data?.["ca.crt"] ?? "");
        }
        this.registerOutputs({ ca: this.ca });
    }

    private account(name: string): ServiceAccount {
        const namespace = new Namespace(`${name}-namespace`, { metadata: { name: accountName } }, { parent: this });
        return new ServiceAccount(
            `${name}-account`,
            {
                metadata: { name: accountName, namespace: namespace.metadata.name },
                automountServiceAccountToken: false,
            },
            { parent: this },
        );
    }
}
