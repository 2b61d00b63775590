import { ConfigMap, Namespace, ServiceAccount } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { connectingAccounts, subjectOf } from "../../clusters/federation";
import { accountName } from "../../clusters/names";
import type { ClusterConnection } from "../../settings/connection";
import type { Credentials, Permissions } from "../../settings/credentials";
import { type Beside, Grants, type GrantsArgs, type Room, type Subject } from "./grants";
import { SyncAccounts } from "./syncAccounts";
import { type TokenFacts, Tokens } from "./tokens";

export interface ManagerAccountArgs {
    readonly cluster: string;
    readonly spoke: ClusterConnection;
    readonly quarantined: boolean;
    /** Argo CD's namespace on the hub. */
    readonly argoCdNamespace: string;
    /** Namespaces that Argo CD may manage. */
    readonly rooms: readonly Room[];
    readonly beside: readonly Beside[];
    readonly credentials: Credentials;
    readonly permissions: Permissions;
    /** Whether Argo CD may read the logs of pods. */
    readonly logs: boolean;
    /** Whether each application gets an account for its syncs. */
    readonly syncAccounts: boolean;
}

/**
 * Argo CD's identity and rights on a spoke: a ServiceAccount on the spoke with a token, or its accounts on the hub or a
 * cloud identity, which need neither.
 *
 * The account has its own namespace, in which it has no rights: a pod that Argo CD delivers cannot mount its token.
 */
export class ManagerAccount extends pulumi.ComponentResource {
    /** The token in use, a secret, known only after the bindings; undefined without an account on the spoke. */
    readonly token: pulumi.Output<string> | undefined;
    /** The certificate authority of the spoke's API server, in PEM. */
    readonly ca: pulumi.Output<string>;
    /** The tokens' names and ages; undefined without an account on the spoke. */
    readonly tokens: { readonly current: TokenFacts; readonly previous: TokenFacts | undefined } | undefined;
    /** Versions that change with the rights. */
    readonly rights: pulumi.Output<string>[];

    constructor(name: string, args: ManagerAccountArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:ManagerAccount", name, {}, opts);

        const { credentials, permissions, rooms, beside, logs, cluster, spoke, quarantined } = args;
        const grant = (given: Pick<GrantsArgs, "subjects" | "suffix">) =>
            new Grants(name, { ...given, rooms, beside, permissions, logs }, { parent: this });
        const syncAs = (home: pulumi.Input<string>, given: Pick<GrantsArgs, "subjects" | "suffix">, grants: Grants) =>
            new SyncAccounts(`${name}-sync`, { ...given, namespace: home, rooms, grants }, { parent: this });
        if (credentials.type === "token") {
            const account = this.account(name);
            const { name: user, namespace } = account.metadata;
            const subjects = [{ kind: "ServiceAccount" as const, name: user, namespace }];
            const grants = grant({ subjects });
            if (args.syncAccounts) {
                syncAs(namespace, { subjects }, grants);
            }
            const { generation, retired, lifetime } = credentials;
            const tokens = new Tokens(
                `${name}-token`,
                { account, generation, retired, lifetime, cluster, spoke, quarantined },
                { parent: this, dependsOn: grants },
            );
            this.rights = grants.versions;
            this.token = tokens.token;
            this.ca = tokens.ca ?? this.publishedCa(name);
            this.tokens = tokens;
        } else {
            const identity = identityOf(credentials, args.argoCdNamespace);
            const grants = grant(identity);
            if (args.syncAccounts) {
                syncAs(this.home(name).metadata.name, identity, grants);
            }
            this.rights = grants.versions;
            this.ca = this.publishedCa(name);
        }
        this.registerOutputs({ ca: this.ca });
    }

    private account(name: string): ServiceAccount {
        const namespace = this.home(name);
        return new ServiceAccount(
            `${name}-account`,
            {
                metadata: { name: accountName, namespace: namespace.metadata.name },
                automountServiceAccountToken: false,
            },
            { parent: this },
        );
    }

    private home(name: string): Namespace {
        return new Namespace(`${name}-namespace`, { metadata: { name: accountName } }, { parent: this });
    }

    /** Every namespace has it: the spoke's controller publishes the certificate authority for all pods. */
    private publishedCa(name: string): pulumi.Output<string> {
        const published = ConfigMap.get(`${name}-ca`, "default/kube-root-ca.crt", { parent: this });
        // Nothing is read of a cluster in quarantine.
        return published.data.apply((data: Record<string, string> | undefined) => data?.["ca.crt"] ?? "");
    }
}

/** Who Argo CD is on a spoke where it has no account. */
function identityOf(
    credentials: Exclude<Credentials, { type: "token" }>,
    argoCdNamespace: string,
): Pick<GrantsArgs, "subjects" | "suffix"> {
    const apiGroup = "rbac.authorization.k8s.io";
    const { type: suffix } = credentials;
    if (credentials.type !== "federated") {
        return { subjects: [{ ...credentials.subject, apiGroup }], suffix };
    }
    const subjects = connectingAccounts.map((account): Subject => {
        return { kind: "User", name: `${credentials.usernamePrefix}${subjectOf(argoCdNamespace, account)}`, apiGroup };
    });
    return { subjects, suffix };
}
