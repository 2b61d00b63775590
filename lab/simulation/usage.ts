/** Simulated usage of every container, as part of its request: well below the target of any autoscaler. */
const usedPart = 0.3;

/** Simulated usage of a container without requests. */
const idle = { cpu: "10m", memory: "16Mi" };

/** Length of the measurement: the autoscaler ignores CPU measured before a pod was ready for that long. */
const window = "1s";

export const metricsVersion = "metrics.k8s.io/v1beta1";

interface Metadata {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
}

type Amounts = Readonly<{ cpu?: string; memory?: string }>;

interface Container {
    readonly name: string;
    readonly resources?: { readonly requests?: Amounts };
}

/** The fields of a Pod or a Node that this reads. */
export interface Measured {
    readonly metadata: Metadata;
    readonly spec: { readonly containers?: readonly Container[] };
    readonly status?: { readonly phase?: string; readonly allocatable?: Amounts };
}

/** A PodMetrics object; undefined for a pod that does not run. */
export function podMetrics({ metadata, spec, status }: Measured, now: Date): object | undefined {
    if (status?.phase !== "Running") {
        return undefined;
    }
    const containers = spec.containers?.map(({ name, resources }) => {
        return { name, usage: usage(resources?.requests) };
    });
    return { ...head("PodMetrics", metadata, now), containers };
}

/** A NodeMetrics object. */
export function nodeMetrics({ metadata, status }: Measured, now: Date): object {
    return { ...head("NodeMetrics", metadata, now), usage: usage(status?.allocatable) };
}

function head(kind: string, { name, namespace, labels }: Metadata, now: Date): object {
    const timestamp = now.toISOString();
    return { kind, apiVersion: metricsVersion, metadata: { name, namespace, labels }, timestamp, window };
}

function usage({ cpu, memory }: Amounts = {}): Amounts {
    return { cpu: cpu ? part(cpu) : idle.cpu, memory: memory ? part(memory) : idle.memory };
}

/** Part of a Kubernetes quantity, such as "500m" or "1.5Gi": its number shrinks, its suffix stays. */
function part(quantity: string): string {
    return quantity.replace(/^[\d.]+/, (number) => (Number(number) * usedPart).toFixed(3));
}
