import { operatorNamespace } from "../../components/applications/secretsOperator";
import { argoCdNamespace } from "../../clusters/names";
import { externalDnsNamespace } from "../../components/traffic/externalDnsValues";
import type { Planned } from "./program";

/** A Kubernetes object that the stack, or a chart that it installs, would make. */
export interface PlannedObject {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
    /** Undefined if it is not known before an `up`. */
    readonly name: string | undefined;
    /** Undefined for an object without a namespace. */
    readonly namespace: string | undefined;
    /** Whether it is only read. */
    readonly read: boolean;
    /** The rights in a Role or ClusterRole. */
    readonly rules: readonly Rule[];
    /** The role of a binding. */
    readonly roleRef: { readonly kind: string; readonly name: string } | undefined;
}

/** A rule of a Role or ClusterRole (rbac/v1, PolicyRule). */
export interface Rule {
    readonly verbs: readonly string[];
    readonly apiGroups?: readonly string[];
    readonly resources?: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly nonResourceURLs?: readonly string[];
}

/** What is read of a Kubernetes object. */
interface Manifest {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata?: { readonly name?: string; readonly namespace?: string };
    readonly rules?: readonly Rule[];
    readonly roleRef?: PlannedObject["roleRef"];
}

/** The object of a Kubernetes resource; undefined for any other resource, a provider and a Helm release. */
export function objectOf({ type, inputs, read }: Planned): PlannedObject | undefined {
    const [, api = "", kind = ""] = /^kubernetes:([^:]+):(\w+)$/.exec(type) ?? [];
    if (kind === "" || type === releaseType) {
        return undefined;
    }
    const apiVersion = api.replace(/^core\//, "");
    // A patch of an object that others made has a kind of its own in the provider.
    return { ...fromManifest({ ...(inputs as Manifest), apiVersion, kind: kind.replace(/Patch$/, "") }), read };
}

/** An object as a chart renders it. */
export function fromManifest({ apiVersion = "", kind = "", metadata, rules, roleRef }: Manifest): PlannedObject {
    const [version = "", group = ""] = apiVersion.split("/").reverse();
    const { name, namespace } = metadata ?? {};
    return { group, version, kind, name, namespace, read: false, rules: rules ?? [], roleRef };
}

export const releaseType = "kubernetes:helm.sh/v3:Release";
export const certManagerType = "kubernetes-cert-manager:index:CertManager";

/** API groups whose CRDs a Helm release of the program brings, by the release's namespace. */
const broughtTo: Readonly<Record<string, string>> = {
    [argoCdNamespace]: "argoproj.io",
    [externalDnsNamespace]: "externaldns.k8s.io",
    [operatorNamespace]: "external-secrets.io",
};

/** API groups that a cluster serves after the `up`, because the stack installs their CRDs there. */
export function broughtGroups(resources: readonly Planned[]): string[] {
    return resources.flatMap(({ type, inputs }) => {
        const { namespace = "" } = inputs as { namespace?: string };
        const brought = type === releaseType ? broughtTo[namespace] : undefined;
        return type === certManagerType ? ["cert-manager.io"] : (brought ?? []);
    });
}
