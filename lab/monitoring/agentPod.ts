import { askApi } from "../clusters/api";
import type { ClusterName } from "../clusters";
import { GiveUp, type Look, waitFor } from "../processes";

/** Limit for an API server that has only just started, in milliseconds. */
const limitMs = 120_000;

/** What a node knows of the agent's container. */
export interface AgentPod {
    readonly environment: Readonly<Record<string, string>>;
    /** Paths of the probes: of the start, and of requests that may come. */
    readonly probes: readonly string[];
}

type Data = Readonly<Record<string, string>>;

interface Probe {
    readonly httpGet?: { readonly path?: string };
}

/** The part of a container that says its environment. */
export interface Container {
    readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
    readonly envFrom?: readonly {
        readonly prefix?: string;
        readonly configMapRef?: { readonly name: string };
        readonly secretRef?: { readonly name: string };
    }[];
    readonly startupProbe?: Probe;
    readonly readinessProbe?: Probe;
}

/** Reads the Deployment of the agent on a cluster, and what its environment is from. */
export async function readAgentPod(cluster: ClusterName): Promise<AgentPod> {
    const read = async <T>(target: string): Promise<T> => {
        const look = async (): Promise<Look<T>> => {
            const { status, body } = await askApi(cluster, target);
            return status === 200 ? { done: JSON.parse(body) as T } : { seen: `${target} answers ${status}` };
        };
        return waitFor(`${target} of ${cluster}`, look, { timeoutMs: limitMs });
    };
    const deployment = await read<Deployment>("/apis/apps/v1/namespaces/agent/deployments/agent");
    const container = deployment.spec.template.spec.containers.find(({ name }) => name === "agent");
    if (container === undefined) {
        throw new GiveUp(`the Deployment agent on ${cluster} has no container of the name agent`);
    }
    const environment = await environmentOf(container, async (kind, name) => {
        const { data = {} } = await read<{ data?: Data }>(`/api/v1/namespaces/agent/${kind}/${name}`);
        return data;
    });
    const probes = [container.startupProbe, container.readinessProbe].flatMap((probe) => probe?.httpGet?.path ?? []);
    return { environment, probes };
}

interface Deployment {
    readonly spec: {
        readonly template: {
            readonly spec: { readonly containers: readonly (Container & { readonly name: string })[] };
        };
    };
}

/**
 * The environment of a container, as the kubelet makes it: later sources win, and `env` over all of them.
 *
 * @param data reads the `data` of a config map or a Secret
 * @throws Error for a variable from a source that the lab does not know
 */
export async function environmentOf(
    { env = [], envFrom = [] }: Container,
    data: (kind: "configmaps" | "secrets", name: string) => Promise<Data>,
): Promise<Record<string, string>> {
    const result: Record<string, string> = {};
    for (const { prefix = "", configMapRef, secretRef } of envFrom) {
        const plain = configMapRef === undefined ? {} : await data("configmaps", configMapRef.name);
        const encoded = secretRef === undefined ? {} : await data("secrets", secretRef.name);
        for (const [key, value] of Object.entries(plain)) {
            result[prefix + key] = value;
        }
        for (const [key, value] of Object.entries(encoded)) {
            result[prefix + key] = Buffer.from(value, "base64").toString("utf8");
        }
    }
    for (const { name, value = "", valueFrom } of env) {
        if (valueFrom !== undefined) {
            throw new Error(`the lab cannot set ${name}: it reads no valueFrom. Put it into the config map of the chart`);
        }
        result[name] = value;
    }
    return result;
}
