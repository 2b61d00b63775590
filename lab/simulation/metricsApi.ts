import type { Answer } from "../../clusters/https";
import type { ClusterName } from "../clusters";
import { askApi } from "../clusters/api";
import { waitFor } from "../processes";
import { metricsProcess, metricsService } from "./metricsProcess";

/** Label of every object that the simulation puts into a cluster. */
const labels = { "hubspoke.lab/simulated": "true" };

const namespace = "kube-system";
const services = `/api/v1/namespaces/${namespace}/services`;
const apiServices = "/apis/apiregistration.k8s.io/v1/apiservices";
const apiServiceName = "v1beta1.metrics.k8s.io";

const requestLimitMs = 20_000;
const availableLimitMs = 60_000;

/** Makes a cluster's API server forward metrics.k8s.io to the metrics server, and waits until it does. */
export async function registerMetrics(cluster: ClusterName, port: number): Promise<void> {
    if ((await lookAtApiService(cluster, port)) === "available") {
        return;
    }
    // The existing object has another port, or failed its check: the API server checks a new object without delay.
    await unregisterMetrics(cluster);
    await request(cluster, services, [201], { method: "POST", body: service(cluster) });
    await request(cluster, apiServices, [201], { method: "POST", body: apiService(cluster, port) });
    await waitFor(
        `the metrics API of ${cluster}`,
        async () => {
            const seen = await lookAtApiService(cluster, port);
            return seen === "available" ? { done: undefined } : { seen };
        },
        { timeoutMs: availableLimitMs, intervalMs: 100, processes: [metricsProcess] },
    );
}

/** Removes the object of {@link registerMetrics}: an APIService without a server blocks the deletion of namespaces. */
export async function unregisterMetrics(cluster: ClusterName): Promise<void> {
    await request(cluster, `${apiServices}/${apiServiceName}`, [200, 404], { method: "DELETE" });
    await request(cluster, `${services}/${metricsService(cluster)}`, [200, 404], { method: "DELETE" });
}

/** An address as the external name: API servers use it directly, independent of this machine's name for localhost. */
function service(cluster: ClusterName): object {
    return {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: metricsService(cluster), namespace, labels },
        spec: { type: "ExternalName", externalName: "127.0.0.1" },
    };
}

function apiService(cluster: ClusterName, port: number): object {
    return {
        apiVersion: "apiregistration.k8s.io/v1",
        kind: "APIService",
        metadata: { name: apiServiceName, labels },
        spec: {
            group: "metrics.k8s.io",
            version: "v1beta1",
            groupPriorityMinimum: 100,
            versionPriority: 100,
            insecureSkipTLSVerify: true,
            service: { name: metricsService(cluster), namespace, port },
        },
    };
}

interface ApiService {
    readonly spec: { readonly service: { readonly port: number } };
    readonly status?: { readonly conditions?: { type: string; status: string; message?: string }[] };
}

/** "available" if the API server reaches the metrics server on that port; otherwise the API server's message. */
async function lookAtApiService(cluster: ClusterName, port: number): Promise<string> {
    const { status, body } = await request(cluster, `${apiServices}/${apiServiceName}`, [200, 404]);
    if (status === 404) {
        return "there is no APIService";
    }
    const { spec, status: { conditions = [] } = {} } = JSON.parse(body) as ApiService;
    const available = conditions.find(({ type }) => type === "Available");
    if (spec.service.port !== port) {
        return `the APIService leads to port ${spec.service.port}`;
    }
    if (available?.status === "True") {
        return "available";
    }
    return available?.message ?? "the API server has not checked it yet";
}

/** Asks an API server; any answer but those expected is an error. */
async function request(
    cluster: ClusterName,
    target: string,
    expected: readonly number[],
    options: { method?: string; body?: object } = {},
): Promise<Answer> {
    const what = `cannot ${options.method ?? "GET"} ${target} on ${cluster}`;
    const asked = askApi(cluster, target, { ...options, timeoutMs: requestLimitMs });
    const answer = await asked.catch((error: Error) => {
        throw new Error(`${what}: ${error.message}; start its API server (npm run lab)`, { cause: error });
    });
    if (!expected.includes(answer.status)) {
        throw new Error(`${what}: it answers ${answer.status} ${answer.body.slice(0, 300)}`);
    }
    return answer;
}
