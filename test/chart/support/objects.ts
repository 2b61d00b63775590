/** What these tests read of a rendered object. */
export interface KubeObject {
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
    readonly data?: Readonly<Record<string, string>>;
    /** Of a ServiceAccount. */
    readonly imagePullSecrets?: readonly { readonly name: string }[];
    readonly spec: ObjectSpec;
}

type Labels = Readonly<Record<string, string>>;

interface Selector {
    readonly matchLabels?: Labels;
}

export interface ObjectSpec {
    readonly replicas?: number;
    readonly minReplicas?: number;
    readonly scaleTargetRef?: { readonly name: string };
    readonly maxUnavailable?: number;
    readonly minAvailable?: number;
    readonly selector?: Selector;
    readonly strategy?: Strategy;
    readonly template?: { readonly metadata: { readonly labels: Labels }; readonly spec: PodSpec };
    readonly podSelector?: Selector;
    readonly ingress?: readonly IngressRule[];
}

interface Strategy {
    readonly type: string;
    readonly rollingUpdate?: { readonly maxUnavailable?: number; readonly maxSurge?: number };
}

interface PodSpec {
    readonly priorityClassName?: string;
    readonly serviceAccountName?: string;
    readonly automountServiceAccountToken?: boolean;
    readonly nodeSelector?: Labels;
    readonly tolerations?: readonly object[];
    readonly imagePullSecrets?: readonly { readonly name: string }[];
    readonly affinity?: { readonly podAntiAffinity?: Readonly<Record<string, unknown>> };
    readonly topologySpreadConstraints?: readonly { topologyKey: string; labelSelector: Selector }[];
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly { readonly name: string; readonly projected?: object }[];
}

export interface Container {
    readonly name: string;
    readonly image: string;
    readonly env?: readonly { readonly name: string; readonly value?: string }[];
    readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
    readonly resources?: {
        readonly requests?: { readonly cpu?: string; readonly memory?: string };
        readonly limits?: { readonly cpu?: string; readonly memory?: string };
    };
    readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
}

interface IngressRule {
    readonly from?: readonly { readonly podSelector?: Selector; readonly namespaceSelector?: Selector }[];
    readonly ports?: readonly { readonly port: number | string }[];
}

/** A workload with what belongs to it. */
export interface Workload {
    readonly name: string;
    readonly kind: string;
    readonly replicas: number;
    readonly spec: ObjectSpec;
    readonly labels: Labels;
    readonly pod: PodSpec;
    /** Pods that a drain may take at once; undefined without a PodDisruptionBudget. */
    readonly drainable: number | undefined;
}

/** Deployments and StatefulSets, each with its least replicas and its PodDisruptionBudget. */
export function workloads(objects: readonly KubeObject[]): Workload[] {
    const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
    return [...ofKind("StatefulSet"), ...ofKind("Deployment")].map(({ kind, metadata: { name }, spec }) => {
        const template = spec.template!;
        const { labels } = template.metadata;
        const autoscaler = ofKind("HorizontalPodAutoscaler").find(({ spec }) => spec.scaleTargetRef?.name === name);
        const budget = ofKind("PodDisruptionBudget").find(({ spec }) => selects(spec.selector, labels));
        return {
            name,
            kind,
            replicas: autoscaler?.spec.minReplicas ?? spec.replicas ?? 1,
            spec,
            labels,
            pod: template.spec,
            drainable: budget?.spec.maxUnavailable,
        };
    });
}

function selects(selector: Selector | undefined, labels: Labels): boolean {
    return Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
}

/** Pods that a roll-out takes away before others are ready; percentages are those of Kubernetes by default. */
export function awayInRollout({ kind, replicas, spec: { strategy } }: Workload): number {
    return kind === "StatefulSet" ? 1 : (strategy?.rollingUpdate?.maxUnavailable ?? Math.floor(replicas / 4));
}

/** Whether the network policies let pods of one workload reach a port of another (same namespace, ingress only). */
export function reaches(objects: readonly KubeObject[], from: Workload, to: Workload, port: number): boolean {
    const policies = objects.filter(
        ({ kind, spec }) => kind === "NetworkPolicy" && selects(spec.podSelector, to.labels),
    );
    const names = to.pod.containers.flatMap(({ ports = [] }) =>
        ports.filter(({ containerPort }) => containerPort === port).map(({ name }) => name),
    );
    const allows = (rule: IngressRule) =>
        (rule.ports?.some((allowed) => allowed.port === port || names.includes(String(allowed.port))) ?? true) &&
        (rule.from?.some((peer) => selects(peer.podSelector, from.labels)) ?? true);
    return policies.length === 0 || policies.some(({ spec }) => spec.ingress?.some(allows));
}
