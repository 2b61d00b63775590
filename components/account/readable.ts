import type * as pulumi from "@pulumi/pulumi";
import { accountName } from "../../clusters/names";
import { agentKey } from "../../settings/agentKey";
import type { SpokeSettings } from "../../settings/environment";
import type { HubSettings } from "../../settings/hub";
import type { SecretsSettings } from "../../settings/secrets";
import { operatorNamespace } from "../applications/secretsOperator";
import { namespaceOf } from "../argoCd/certManager";
import { externalDnsNamespace } from "../traffic/externalDnsValues";
import type { Beside, Room } from "./grants";
import type { Readable, ReadableNamespace } from "./previewers";

/**
 * The parts of a hub that a previewer reads: the namespaces of Argo CD and of the charts that its settings install.
 *
 * @param agent the agent's namespace on the hub; undefined if the agent is not delivered there
 */
export function readableOfHub(
    argoCd: pulumi.Input<string>,
    { certificates, traffic }: HubSettings,
    agent: string | undefined,
): Readable {
    const release = (namespace: string): ReadableNamespace => ({ namespace, rules: "hubRelease" });
    return {
        cluster: { rules: "hub" },
        namespaces: {
            argocd: { namespace: argoCd, rules: "argocd" },
            ...(agent !== undefined && { agent: { namespace: agent, rules: "agent" } }),
            ...("certManager" in certificates && { "cert-manager": release(namespaceOf(certificates.certManager)) }),
            ...(traffic?.externalDns.mode === "install" && { "external-dns": release(externalDnsNamespace) }),
        },
    };
}

/** The parts of a spoke that a previewer reads: all that the stack creates or reads there with these settings. */
export function readableOfSpoke(
    rooms: readonly Room[],
    beside: readonly Beside[],
    { credentials, permissions }: Pick<SpokeSettings, "credentials" | "permissions">,
    secrets: SecretsSettings | undefined,
    syncAccounts: boolean,
): Readable {
    const store = secrets?.store.type === "kubernetes" && secrets.store.cluster === undefined ? secrets.store : undefined;
    const kinds = rooms.filter(({ clusterKinds }) => clusterKinds.length > 0).map(({ application }) => application);
    const isCluster = permissions.scope === "cluster" || kinds.length > 0;
    return {
        ...(isCluster && { cluster: { rules: "cluster", role: "cluster", applications: kinds } }),
        namespaces: {
            ...Object.fromEntries(
                rooms.map(({ application, namespace }) => [
                    application === agentKey ? application : `application-${application}`,
                    { namespace, rules: "agent" as const },
                ]),
            ),
            ...Object.fromEntries(
                beside.map(({ namespace }) => [
                    `managed-${namespace}`,
                    { namespace, rules: "managed" as const, role: "managed" },
                ]),
            ),
            ...((credentials.type === "token" || syncAccounts) && { account: { namespace: accountName, rules: "account" } }),
            // The Secret of a token that never ends contains the authority.
            ...((credentials.type !== "token" || credentials.lifetime !== undefined) && {
                ca: { namespace: "default", rules: "certificateAuthority", role: "ca" },
            }),
            ...(secrets?.operator.source === "install" && {
                operator: { namespace: operatorNamespace, rules: "operator", role: "operator" },
            }),
            ...(store && { store: { namespace: store.namespace, rules: "store", role: "store" } }),
        },
    };
}
