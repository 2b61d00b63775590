import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type Move, readMoves } from "../../../clusters/moves";
import { failover, type Request } from "../../../scripts/failover/failover";
import type { Answer, Asked } from "../../../lab/test/support/fakeApiServer";
import { type DnsServer, dnsServer } from "./dnsServer";
import { type FakePulumi, fakePulumi } from "./fakePulumi";
import { type ObjectStore, objectStore, type StoredObject } from "./objectStore";

export const applications = "apis/argoproj.io/v1alpha1/namespaces/argocd/applications";
export const recordPath = "api/v1/namespaces/argocd/configmaps/failover-record";

/** A move in the hub's record, by default one that a person made and that ended. */
export function move(from: string, to: string, more: Partial<Move> = {}): Move {
    return { at: "2026-01-01T12:00:00.000Z", by: "ada", from, to, why: "", automatic: false, state: "done", ...more };
}
const names = ["prod", "dr"] as const;
type Name = (typeof names)[number];

/** A hub with the clusters prod, where users are, and dr, each in a stack of its name. */
export interface FailoverStage {
    /** One API server for all: the hub's at its root, and each cluster's in a folder of its name. */
    readonly hub: ObjectStore;
    readonly pulumi: FakePulumi;
    /** Statuses of the agents, as users get them. */
    readonly agents: Record<Name, number>;
    readonly failover: (request?: Partial<Request>) => Promise<void>;
    /** The recorded moves. */
    readonly moves: () => Promise<Move[]>;
    /** The settings of `traffic` in the hub's stack file. */
    readonly traffic: () => Record<string, unknown>;
    readonly end: () => Promise<void>;
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

function objectsOf(name: Name, server: string): Record<string, StoredObject> {
    const metadata = {
        name: `cluster-${name}`,
        labels: { "argocd.argoproj.io/secret-type": "cluster" },
        annotations: { "hubspoke/stack": `organization/hubspoke/${name}` },
    };
    const ready = { conditions: [{ type: "Ready", status: "True" }], allocatable: { cpu: "64", memory: "256Gi", pods: "500" } };
    return {
        [`api/v1/namespaces/argocd/secrets/cluster-${name}`]: { metadata, data: { name: base64(name), server: base64(server) } },
        [`${applications}/agent-${name}`]: {
            metadata: { name: `agent-${name}` },
            spec: { destination: { name } },
            status: { sync: { status: "Synced", revision: "abc" }, health: { status: "Healthy" }, history: [{ revision: "abc" }] },
        },
        [`${name}/api/v1/nodes/a`]: { status: ready },
        [`${name}/apis/apps/v1/namespaces/agent/deployments/agent`]: { spec: { replicas: 2 }, status: { readyReplicas: 2 } },
    };
}

/**
 * Sets it up.
 *
 * @param given settings of the hub, `traffic` of it, and more settings of the clusters
 * @param first as of {@link objectStore}
 */
export async function failoverStage(
    given: { readonly traffic?: object; readonly hub?: object; readonly prod?: object; readonly dr?: object } = {},
    first: Parameters<typeof objectStore>[1] = () => undefined,
): Promise<FailoverStage> {
    const agents = { prod: 200, dr: 200 };
    const agentOf = ({ path }: Asked): Answer | undefined => {
        const name = names.find((one) => path === `/${one}/healthz`);
        return name && { kind: "Status", code: agents[name], message: "" };
    };
    const hub = await objectStore({}, (asked, objects) => {
        return first(asked, objects) ?? agentOf(asked) ?? compared(asked, objects);
    });
    for (const name of names) {
        const server = `${hub.url}/${name}`;
        Object.entries(objectsOf(name, server)).forEach(([path, object]) => hub.objects.set(path, object));
    }
    const environment = (name: Name, more: object = {}) => ({
        role: "environment",
        environment: name,
        hub: { context: "hub" },
        clusters: {
            [name]: {
                kubeconfig: hub.kubeconfig.replace(hub.url, `${hub.url}/${name}`),
                labels: { deploy: "true", region: "eu" },
                probe: { agent: `${hub.url}/${name}/healthz` },
                ...more,
            },
        },
    });
    const pulumi = fakePulumi({
        hub: {
            role: "hub",
            cluster: { kubeconfig: hub.kubeconfig },
            domain: "example.com",
            agent: { repository: "https://git.example.com/agent.git" },
            traffic: { active: "prod", ttl: 30, ...given.traffic },
            ...given.hub,
        },
        prod: environment("prod", given.prod),
        dr: environment("dr", given.dr),
    });
    const traffic = () => (parse(readFileSync(pulumi.file("hub"), "utf8")) as { config: Record<string, object> }).config["hubspoke:traffic"] as Record<string, string>;
    const deployed = () => pulumi.calls().some((call) => call.startsWith("up "));
    const dns: DnsServer = await dnsServer((name) =>
        name === "agent.example.com" ? { alias: `agent.${deployed() ? traffic().active : "prod"}.example.com` } : undefined,
    );
    return {
        hub,
        pulumi,
        agents,
        failover: (request = {}) =>
            failover({ stack: "hub", to: "dr", why: "a drill", dryRun: false, automatic: false, resolver: dns.address, seconds: 5, ...request }),
        moves: () => readMoves(hub.address, "argocd"),
        traffic,
        end: async () => {
            pulumi.restore();
            await Promise.all([hub.close(), dns.close()]);
        },
    };
}

/** Argo CD, which compares an Application as soon as it is asked to. */
function compared({ method, path }: Asked, objects: Map<string, StoredObject>): undefined {
    const at = path.slice(1);
    const application = objects.get(at);
    if (method === "PATCH" && at.startsWith(`${applications}/`) && application !== undefined) {
        const reconciledAt = new Date(Date.now() + 1_000).toISOString();
        objects.set(at, { ...application, status: { ...(application.status as object), reconciledAt } });
    }
}
