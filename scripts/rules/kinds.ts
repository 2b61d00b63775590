import { delivering, type PolicyRule, reading, rulesByGroup } from "../../components/account/rules";
import type { ApplicationSettings } from "../../settings/applications";
import { pluralOf } from "./plural";

/** A rendered object, as far as the rules need it. */
export interface Manifest {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata?: {
        readonly name?: string;
        readonly namespace?: string;
        readonly annotations?: Readonly<Record<string, string>>;
    };
    /** Of a CustomResourceDefinition. */
    readonly spec?: {
        readonly group?: string;
        readonly names?: { readonly kind?: string; readonly plural?: string };
        readonly scope?: string;
    };
}

/** What the settings of an application say of the kinds that its chart creates. */
export type Allowed = Pick<ApplicationSettings, "clusterKinds" | "kinds" | "namespace" | "secrets">;

/** Resources that the controllers of a kind create, as a group and a plural. */
const owned: Readonly<Record<string, readonly string[]>> = {
    "apps/DaemonSet": ["apps/controllerrevisions", "/pods"],
    "apps/Deployment": ["apps/replicasets", "/pods"],
    "apps/StatefulSet": ["apps/controllerrevisions", "/persistentvolumeclaims", "/pods"],
    "batch/CronJob": ["batch/jobs", "/pods"],
    "batch/Job": ["/pods"],
};

/** Kinds of Kubernetes, and of its groups for gateways and snapshots, that are in no namespace, by their group. */
const inNoNamespace: Readonly<Record<string, readonly string[]>> = {
    "": ["Namespace", "Node", "PersistentVolume"],
    "admissionregistration.k8s.io": [
        ...["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration"],
        ...["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration"],
    ],
    "apiextensions.k8s.io": ["CustomResourceDefinition"],
    "apiregistration.k8s.io": ["APIService"],
    "certificates.k8s.io": ["CertificateSigningRequest", "ClusterTrustBundle"],
    "flowcontrol.apiserver.k8s.io": ["FlowSchema", "PriorityLevelConfiguration"],
    "gateway.networking.k8s.io": ["GatewayClass"],
    "networking.k8s.io": ["IPAddress", "IngressClass", "ServiceCIDR"],
    "node.k8s.io": ["RuntimeClass"],
    "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding"],
    "resource.k8s.io": ["DeviceClass", "DeviceTaintRule", "ResourceSlice"],
    "scheduling.k8s.io": ["PriorityClass"],
    "snapshot.storage.k8s.io": ["VolumeSnapshotClass", "VolumeSnapshotContent"],
    "storage.k8s.io": ["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"],
    "storagemigration.k8s.io": ["StorageVersionMigration"],
};

/**
 * The rules for an Application with these objects, ordered by rights, group and resource: every right on the kinds in
 * its namespace, and to read what those own.
 *
 * @throws Error that lists the objects which the settings do not allow, and what to write
 */
export function rulesFor(manifests: readonly Manifest[], allowed: Allowed): PolicyRule[] {
    const delivered = new Set<string>();
    const read = new Set(["/events"]);
    const problems = new Set<string>();
    const defined = kindsDefinedBy(manifests);
    for (const manifest of manifests.filter((one) => !isTest(one))) {
        const { group, kind, key } = identify(manifest);
        const isIt = (one: Allowed["kinds"][number]) => one.group === group && one.kind === kind;
        if (allowed.clusterKinds.some(isIt)) {
            continue;
        }
        const [definition, named] = [defined.get(key), allowed.kinds.find(isIt)];
        const resource = definition?.plural ?? named?.resource ?? pluralOf(kind);
        const isKnown = definition !== undefined || named !== undefined;
        const scope = inNoNamespace[group]?.includes(kind) ? "Cluster" : definition?.scope;
        const problem = problemOf(manifest, allowed, { resource, isNamespaced: scope !== "Cluster", isKnown });
        if (problem !== undefined) {
            problems.add(problem);
        }
        delivered.add(`${group}/${resource}`);
        owned[key]?.forEach((resource) => read.add(resource));
    }
    if (problems.size > 0) {
        throw new Error([...problems].sort().join("\n"));
    }
    const others = [...read].filter((resource) => !delivered.has(resource));
    return [...rulesByGroup([...delivered], delivering), ...rulesByGroup(others, reading)];
}

/** The content of a file in rules/. */
export function rulesText(rules: readonly PolicyRule[]): string {
    return `${JSON.stringify(rules, null, 4)}\n`;
}

function identify({ apiVersion, kind }: Manifest) {
    const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
    return { group, kind, key: `${group}/${kind}` };
}

/** A test hook of Helm, which Argo CD ignores (argo-cd, docs/user-guide/helm.md, "Helm Hooks"). */
function isTest({ metadata }: Manifest): boolean {
    return /^test/.test(metadata?.annotations?.["helm.sh/hook"] ?? "");
}

function problemOf(
    manifest: Manifest,
    { namespace, secrets }: Allowed,
    found: { readonly resource: string; readonly isNamespaced: boolean; readonly isKnown: boolean },
): string | undefined {
    const { resource, isNamespaced, isKnown } = found;
    const { group, kind, key } = identify(manifest);
    const object = `${kind} ${manifest.metadata?.name ?? ""}`;
    const entry = `\`{ group: "${group}", kind: ${kind}, resource: ${resource} }\``;
    if (isNamespaced && !isKnown && /^Cluster[A-Z]/.test(kind)) {
        return (
            `${object} is of a kind that by its name may be in no namespace, and the chart does not define it. If so, add ` +
            `${entry} to the application's clusterKinds, which allows every ${kind}; if not, to its kinds`
        );
    }
    if (!isNamespaced) {
        return `${object} is in no namespace. To allow every ${kind}, add ${entry} to the application's clusterKinds`;
    }
    const { namespace: own = namespace } = manifest.metadata ?? {};
    if (own !== namespace) {
        return `${object} is in the namespace ${own}, and the application's is ${namespace}. Change the chart's values`;
    }
    return key === "/Secret" && !secrets
        ? `${object} is a Secret. Have the chart take an existing one, or write \`secrets: true\` for the application`
        : undefined;
}

/** The kinds whose CustomResourceDefinitions are among the objects, with what those say of them. */
function kindsDefinedBy(manifests: readonly Manifest[]) {
    const definitions = manifests.filter(({ kind }) => kind === "CustomResourceDefinition");
    return new Map(
        definitions.map(({ spec: { group = "", names, scope } = {} }) => [
            `${group}/${names?.kind ?? ""}`,
            { plural: names?.plural, scope },
        ]),
    );
}
