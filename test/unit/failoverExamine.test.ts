import { expect } from "chai";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { findCluster } from "../../clusters/kubeconfig";
import { get } from "../../clusters/request";
import { failure } from "./support/failure";
import type { FailoverCluster, FailoverHub } from "../../scripts/failover/clusters";
import { examine, look } from "../../scripts/failover/examine";

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

    const followed = { settings: { applications: [{ name: "agent", namespace: "agent", traffic: true }] } };

    /** A cluster of an environment whose agent has a namespace with limits of its own. */
    const withLimits = (name: string, server: string, settings: object, limits: object = {}) =>
        ({
            ...{ name, server, settings, quarantined: false, probeUrl: `${server}/healthz` },
            environment: { namespace: { cpu: "4", memory: "8Gi", pods: 20 }, namespaces: limits },
        }) as unknown as FailoverCluster;

    async function hubOf(answer: (path: string) => unknown): Promise<FailoverHub> {
        const { url } = await serve(answer);
        const hub = { ...followed, address: await findCluster("cluster", access(url)), namespace: "argocd" } as unknown as FailoverHub;
        // The first requests of a process load their modules, which may take longer than the probe of the agent.
        await Promise.all([fetch(`${url}/healthz`), get(hub.address, "version")]);
        return hub;
    }

    const nothingOnHub = () => ({ items: [] });

    it("goes on without a kubeconfig of the cluster that users leave: its cloud may be lost with it", async () => {
        const dr = await serve((path) => objects[path]);
        const hub = await hubOf(nothingOnHub);
        const lost = withLimits("prod", "https://prod.example", { context: "prod-is-not-in-the-kubeconfig" });
        const { problems } = await look(hub, lost, withLimits("dr", dr.url, access(dr.url)));
        expect(problems.filter((problem) => /kubeconfig|answer/.test(problem))).to.deep.equal([]);
        const to = withLimits("dr", dr.url, { context: "dr-is-not-in-the-kubeconfig" });
        expect(await failure(look(hub, lost, to))).to.match(/clusters\.dr/);
    });

    it("compares the limits of the application that users reach, and not those of the others", async () => {
        const dr = await serve((path) => objects[path]);
        const hub = await hubOf(nothingOnHub);
        const prod = withLimits("prod", dr.url, access(dr.url), { agent: { cpu: "16", memory: "8Gi", pods: 20 } });
        const { problems } = await look(hub, prod, withLimits("dr", dr.url, access(dr.url)));
        expect(problems.join("; ")).to.include("the agent's namespace on dr has 4 cores, but prod may use 16");
    });

    it("is refused where users move for no application", async () => {
        const dr = await serve((path) => objects[path]);
        const hub = { ...(await hubOf(nothingOnHub)), settings: { applications: [{ name: "agent" }] } } as unknown as FailoverHub;
        const [prod, to] = ["prod", "dr"].map((name) => withLimits(name, dr.url, access(dr.url)));
        expect(await failure(look(hub, prod!, to!))).to.equal("hubspoke:applications: none has `traffic: true`");
    });

    it("does not ask Argo CD where something else forbids the move", async () => {
        const dr = await serve((path) => objects[path]);
        const asked: string[] = [];
        const hub = await hubOf((path) => (asked.push(path), nothingOnHub()));
        const to = { ...withLimits("dr", dr.url, access(dr.url)), probeUrl: undefined };
        const { problems } = await examine(hub, withLimits("prod", dr.url, access(dr.url)), to);
        expect(problems[0]).to.match(/^the agent on dr does not serve users: its settings have no probe/);
        expect(asked.filter((path) => path.endsWith("/applications/agent-dr"))).to.have.length(1);
    });

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
        const hub = await hubOf((path) => {
            const name = /\/applications\/agent-(\w+)$/.exec(path)?.[1];
            return name === undefined ? { items: [application("prod"), application("dr")] } : application(name);
        });
        const { problems } = await examine(hub, withLimits("prod", prod.url, access(prod.url)), withLimits("dr", dr.url, access(dr.url)));
        expect(problems).to.deep.equal([]);
        const nodes = ({ asked }: { asked: string[] }) => asked.filter((path) => path === "/api/v1/nodes").length;
        expect([nodes(prod), nodes(dr)]).to.deep.equal([1, 2]);
    });
});
