import { type Measured, metricsVersion, nodeMetrics, podMetrics } from "./usage";

/** An HTTP status and a JSON document. */
export interface Answer {
    readonly status: number;
    readonly body: unknown;
}

const root = `/apis/${metricsVersion}`;

const kinds = {
    pods: { kind: "PodMetrics", namespaced: true, metrics: podMetrics },
    nodes: { kind: "NodeMetrics", namespaced: false, metrics: nodeMetrics },
} as const;

interface Target {
    /** Below the API group's root; the same path leads to the pods and nodes themselves in the core API. */
    readonly path: string;
    readonly resource: keyof typeof kinds;
    /** Whether one object is asked for, not a list. */
    readonly single: boolean;
}

/**
 * Answers a request to metrics.k8s.io/v1beta1.
 *
 * @param url path and query of the request; of the latter, only a label selector counts
 * @param ask reads a path from the API server of the cluster; its refusals are passed on
 */
export async function answerMetrics(url: string, ask: (target: string) => Promise<Answer>): Promise<Answer> {
    const { pathname, searchParams } = new URL(url, "https://localhost");
    if (pathname === root) {
        return { status: 200, body: resourceList() };
    }
    const target = parseTarget(pathname);
    if (!target) {
        return refusal(404, `there is no ${pathname}`);
    }
    const selector = encodeURIComponent(searchParams.get("labelSelector") ?? "");
    const { status, body } = await ask(`/api/v1${target.path}?labelSelector=${selector}`);
    return status === 200 ? measure(target, body) : { status, body };
}

/** An error in Kubernetes' format. */
export function refusal(code: number, message: string): Answer {
    return { status: code, body: { kind: "Status", apiVersion: "v1", status: "Failure", code, message } };
}

function parseTarget(pathname: string): Target | undefined {
    const path = pathname.startsWith(root) ? pathname.slice(root.length) : "";
    const match = /^(?:\/namespaces\/[^/]+)?\/(pods|nodes)(\/[^/]+)?$/.exec(path);
    const [, resource, single] = match ?? [];
    return resource ? { path, resource: resource as keyof typeof kinds, single: single !== undefined } : undefined;
}

function measure({ path, resource, single }: Target, body: unknown): Answer {
    const { kind, metrics } = kinds[resource];
    const now = new Date();
    const measured = single ? [body as Measured] : (body as { items: Measured[] }).items;
    const items = measured.map((object) => metrics(object, now)).filter((item) => item !== undefined);
    if (!single) {
        const list = { kind: `${kind}List`, apiVersion: metricsVersion, metadata: {}, items };
        return { status: 200, body: list };
    }
    return items[0] ? { status: 200, body: items[0] } : refusal(404, `${path} does not run`);
}

function resourceList(): object {
    const resources = Object.entries(kinds).map(([name, { kind, namespaced }]) => {
        return { name, singularName: "", namespaced, kind, verbs: ["get", "list"] };
    });
    return { kind: "APIResourceList", apiVersion: "v1", groupVersion: metricsVersion, resources };
}
