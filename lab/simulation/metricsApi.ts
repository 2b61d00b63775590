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

/** Has a cluster's API server pass metrics.k8s.io on to the metrics server, and waits until it does. */
export async function registerMetrics(cluster: ClusterName, port: number): Promise<void> {
    if ((await lookAtApiService(cluster, port)) === "available") {
        return;
    }
    // What is there leads to another port or was found dead: a new object is looked at without delay.
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

/** Removes what {@link registerMetrics} made: an APIService that nobody serves keeps namespaces from going. */
export async function unregisterMetrics(cluster: ClusterName): Promise<void> {
    await request(cluster, `${apiServices}/${apiServiceName}`, [200, 404], { method: "DELETE" });
    await request(cluster, `${services}/${metricsService(cluster)}`, [200, 404], { method: "DELETE" });
}

/** An address as the external name: API servers dial it as it is, whatever this machine calls localhost. */
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

/** "available" if the API server reaches the metrics server on that port; otherwise what it says. */
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
    return available?.message ?? "the API server did not look yet";
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
