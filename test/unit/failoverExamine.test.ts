import { expect } from "chai";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { findCluster } from "../../clusters/kubeconfig";
import { get } from "../../clusters/request";
import type { FailoverCluster, FailoverHub } from "../../scripts/failover/clusters";
import { examine } from "../../scripts/failover/examine";

const quantities = { cpu: "8", memory: "32Gi", pods: "100" };

/** An API server with one node and one Deployment of three replicas. */
const objects: Record<string, unknown> = {
    "/api/v1/nodes": { items: [{ status: { allocatable: quantities, conditions: [{ type: "Ready", status: "True" }] } }] },
    "/apis/apps/v1/namespaces/agent/deployments": { items: [{ spec: { replicas: 3 }, status: { readyReplicas: 3 } }] },
    "/apis/autoscaling/v2/namespaces/agent/horizontalpodautoscalers": { items: [] },
};

describe("the examination of a failover", () => {
    const servers: http.Server[] = [];

    async function serve(answer: (path: string) => unknown) {
        const asked: string[] = [];
        const server = http.createServer(({ url = "" }, response) => {
            asked.push(url);
            response.setHeader("content-type", "application/json");
            response.end(JSON.stringify(url.startsWith("/healthz") ? "" : answer(url)));
        });
        servers.push(server);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    }

    after(() => servers.forEach((server) => server.close()));

    /** Settings of a cluster, with a kubeconfig that leads to a server. */
    function access(server: string) {
        return {
            kubeconfig: JSON.stringify({
                apiVersion: "v1",
                kind: "Config",
                clusters: [{ name: "a", cluster: { server } }],
                users: [{ name: "a", user: { token: "t" } }],
                contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
                "current-context": "a",
            }),
        };
    }

    it("asks the cluster that users leave once, although it looks at the other one twice", async () => {
        const [prod, dr] = [await serve((path) => objects[path]), await serve((path) => objects[path])];
        const application = (cluster: string) => ({
            metadata: { name: `agent-${cluster}` },
            spec: { destination: { name: cluster } },
            status: {
                sync: { status: "Synced", revision: "1" },
                health: { status: "Healthy" },
                history: [{ revision: "1" }],
                reconciledAt: "2100-01-01T00:00:00Z",
            },
        });
        const hubServer = await serve((path) => {
            const name = /\/applications\/agent-(\w+)$/.exec(path)?.[1];
            return name === undefined ? { items: [application("prod"), application("dr")] } : application(name);
        });
        const cluster = (name: string, server: string) =>
            ({
                name,
                server,
                settings: access(server),
                environment: { namespace: { cpu: "4", memory: "8Gi", pods: 20 } },
                quarantined: false,
                probeUrl: `${server}/healthz`,
            }) as unknown as FailoverCluster;
        const hub = {
            address: await findCluster("cluster", access(hubServer.url)),
            namespace: "argocd",
            settings: { applications: [{ name: "agent", namespace: "agent", traffic: true }] },
        } as unknown as FailoverHub;

        // The first requests of a process load their modules, which may take longer than the probe of the agent.
        await Promise.all([fetch(`${dr.url}/healthz`), get(hub.address, "version")]);
        const { problems } = await examine(hub, cluster("prod", prod.url), cluster("dr", dr.url));
        expect(problems).to.deep.equal([]);
        const nodes = ({ asked }: { asked: string[] }) => asked.filter((path) => path === "/api/v1/nodes").length;
        expect([nodes(prod), nodes(dr)]).to.deep.equal([1, 2]);
    });
});
