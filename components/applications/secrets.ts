import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Namespace, Secret, ServiceAccount } from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3";
import { Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import type { SecretsSettings } from "../../settings/secrets";
import { chartSource } from "../support/chartSource";
import { onceMade } from "../support/onceMade";
import { secretData } from "../support/secretData";
import { operatorChart, operatorNamespace, operatorValues } from "./secretsOperator";
import { accountAnnotations, storeAccount, storeName, type StoreOwner, storeProvider, storeToken } from "./secretStore";

export interface AgentSecretsArgs extends StoreOwner {
    readonly settings: SecretsSettings;
    /** The agent's namespace on the spoke. */
    readonly namespace: pulumi.Input<string>;
}

/**
 * The source of the agent's secrets on a spoke: the External Secrets operator, an account in the agent's namespace, and
 * the environment's SecretStore. Neither Git nor Pulumi sees the values.
 *
 * The environment's stack manages the store, and Argo CD has no rights on SecretStores: a change in Git can request
 * another name in this store, but not another store.
 */
export class AgentSecrets extends pulumi.ComponentResource {
    /** The store's identity, known when the operator's kinds exist. */
    readonly storeId: pulumi.Output<string>;

    constructor(name: string, args: AgentSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:AgentSecrets", name, {}, opts);

        const { namespace, settings } = args;
        const { store } = settings;
        const account = new ServiceAccount(
            `${name}-account`,
            {
                metadata: { name: storeAccount, namespace, annotations: accountAnnotations(store) },
                automountServiceAccountToken: false,
            },
            { parent: this },
        );
        const access = store.type === "kubernetes" ? this.kubernetesAccess(name, store, account) : [];
        const operator = settings.operator.source === "install" ? [this.operator(name, settings.operator)] : [];
        const made = new CustomResource(
            `${name}-store`,
            {
                apiVersion: "external-secrets.io/v1",
                kind: "SecretStore",
                metadata: { name: storeName, namespace },
                spec: { provider: storeProvider(store, args) },
            },
            { parent: this, dependsOn: [account, ...access, ...operator] },
        );
        this.storeId = onceMade(made, made.metadata.uid);
        this.registerOutputs({ storeId: this.storeId });
    }

    /** The token for another cluster, or the right to read one namespace of this cluster. */
    private kubernetesAccess(
        name: string,
        store: Extract<SecretsSettings["store"], { type: "kubernetes" }>,
        { metadata: { name: subject, namespace } }: ServiceAccount,
    ): pulumi.Resource[] {
        if (store.cluster !== undefined) {
            const data = secretData({ [storeToken.key]: store.cluster.token });
            return [new Secret(`${name}-token`, { metadata: { name: storeToken.name, namespace }, data }, { parent: this })];
        }
        const metadata = { name: storeAccount, namespace: store.namespace };
        const rules = [{ apiGroups: [""], resources: ["secrets"], verbs: ["get", "list", "watch"] }];
        const role = new Role(`${name}-reader`, { metadata, rules }, { parent: this });
        const binding = new RoleBinding(
            `${name}-reader-binding`,
            {
                metadata,
                roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
                subjects: [{ kind: "ServiceAccount", name: subject, namespace }],
            },
            { parent: this },
        );
        return [binding];
    }

    private operator(name: string, source: SecretsSettings["operator"]): Release {
        const namespace = new Namespace(
            `${name}-operator-namespace`,
            { metadata: { name: operatorNamespace } },
            { parent: this },
        );
        return new Release(
            `${name}-operator`,
            {
                name: "external-secrets",
                namespace: namespace.metadata.name,
                ...chartSource(source, operatorChart),
                values: operatorValues(),
            },
            { parent: this },
        );
    }
}
