import { expect } from "chai";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { type Move, readMoves } from "../../clusters/moves";
import { failoverLabel } from "../../clusters/names";
import { capacityOf } from "../../scripts/failover/cluster";
import { runHook } from "../../scripts/failover/hook";
import { whyNotServing } from "../../scripts/failover/probe";
import { announce, writeMoves } from "../../scripts/failover/record";
import { closedPort, failure } from "./support/failure";
import { type ObjectStore, objectStore } from "./support/objectStore";
import { printed } from "./support/printed";

describe("a failover's probe of the agent", () => {
    let status = 200;
    let server: http.Server;
    let url: string;
    before(async () => {
        server = http.createServer((_, response) => response.writeHead(status, { location: "/" }).end());
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`;
    });
    after(() => new Promise((resolve) => server.close(resolve)));

    it("is well with the answer 200 alone, and otherwise says what came", async () => {
        status = 200;
        expect(await whyNotServing(url)).to.equal(undefined);
        for (status of [204, 404, 503]) {
            expect(await whyNotServing(url)).to.equal(`${url} answers ${status}`);
        }
    });

    it("says why there is no answer, and which setting turns the probe off", async () => {
        const closed = `http://127.0.0.1:${await closedPort()}/`;
        expect(await whyNotServing(closed)).to.match(new RegExp(`^${closed} does not answer: connect ECONNREFUSED 127`));
        expect(await whyNotServing("http://127.0.0.1:0/")).to.match(/ does not answer: \S/);
        expect(await whyNotServing(undefined)).to.equal("its settings have no probe of the agent (clusters.<name>.probe.agent)");
    });
});

describe("a failover's hook for the database", () => {
    const move = { from: "prod", to: "dr", why: "a drill" };
    const node = (script: string) => [process.execPath, "-e", script];

    it("gets both clusters and the reason, and the user reads that it runs and has succeeded", async () => {
        const script = 'const { HUBSPOKE_FROM: f, HUBSPOKE_TO: t, HUBSPOKE_REASON: r } = process.env; process.exit([f, t, r].join() === "prod,dr,a drill" ? 0 : 1)';
        const { lines } = await printed(() => runHook(node(script), move));
        expect(lines).to.deep.equal([`the database: ${process.execPath} …`, `the database: ${process.execPath} has succeeded`]);
    });

    it("stops the move with the end of its output, if it fails", async () => {
        const script = "for (let i = 1; i <= 12; i++) console.log(`line ${i}`); console.log('\\n\\n'); process.exit(3)";
        const error = await failure(printed(() => runHook(node(script), move)));
        expect(error).to.match(/^traffic\.hooks\.database failed, so users stay on prod: .*exit code 3/);
        const shown = error.split("\n").filter((line) => /^line \d+$/.test(line));
        expect(shown).to.deep.equal([3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((number) => `line ${number}`));
    });

    it("is not run where none is set", async () => {
        expect((await printed(() => runHook(undefined, move))).lines).to.deep.equal([]);
    });
});

describe("a failover's record on the hub", () => {
    const move = (number: number): Move => ({
        at: `2026-01-01T12:00:${String(number).padStart(2, "0")}.000Z`,
        by: "ada",
        from: "prod",
        to: "dr",
        why: `reason ${number}`,
        automatic: false,
        state: "done",
    });
    const record = "api/v1/namespaces/argocd/configmaps/failover-record";
    let hub: ObjectStore;
    beforeEach(async () => {
        hub = await objectStore();
    });
    afterEach(() => hub.close());

    it("keeps the last twenty moves, and says the latest in a line for people", async () => {
        await writeMoves(hub.address, "argocd", []);
        expect(hub.objects.get(record)).to.have.property("data").that.includes({ latest: "none" });
        const moves = Array.from({ length: 25 }, (_, index) => move(25 - index));
        await writeMoves(hub.address, "argocd", moves);
        expect(await readMoves(hub.address, "argocd")).to.deep.equal(moves.slice(0, 20));
        expect(hub.objects.get(record)).to.have.property("data").that.has.property("latest").that.matches(/ada: prod to dr, done: reason 25$/);
        expect(hub.objects.get(record)?.metadata?.labels).to.deep.equal(failoverLabel);
    });

    it("is an Event too, of the record", async () => {
        const before = Date.now();
        await announce(hub.address, "argocd", "FailoverBegun", move(1));
        const [[path, event] = []] = hub.objects;
        expect(path).to.match(/^api\/v1\/namespaces\/argocd\/events\/failover-/);
        const { metadata, firstTimestamp, lastTimestamp, ...others } = event ?? {};
        expect(metadata).to.include({ generateName: "failover-" });
        expect(Date.parse(String(firstTimestamp))).to.be.within(before, Date.now());
        expect(lastTimestamp).to.equal(firstTimestamp);
        expect(others).to.deep.equal({
            apiVersion: "v1",
            kind: "Event",
            involvedObject: { apiVersion: "v1", kind: "ConfigMap", name: "failover-record", namespace: "argocd" },
            type: "Normal",
            reason: "FailoverBegun",
            message: "2026-01-01T12:00:01.000Z ada: prod to dr, done: reason 1",
            source: { component: "hubspoke-failover" },
            count: 1,
        });
    });
});

describe("a cluster's capacity for a failover", () => {
    const limits = { cpu: "4", memory: "8Gi", pods: 20 };
    const ready = (status = "True", pressure = "False") => ({
        conditions: [{ type: "DiskPressure", status: pressure }, { type: "Ready", status }],
    });
    const big = { cpu: "4", memory: "16Gi", pods: "110" };
    const deployments = "apis/apps/v1/namespaces/agent/deployments";
    const autoscalers = "apis/autoscaling/v2/namespaces/agent/horizontalpodautoscalers";

    it("is the sum of the nodes that take pods, and the agent's replicas, now and at most", async () => {
        const cluster = await objectStore({
            "api/v1/nodes/a": { spec: {}, status: { ...ready(), allocatable: big } },
            "api/v1/nodes/b": { status: { ...ready(), allocatable: { cpu: "500m", memory: "1Gi", pods: "10" } } },
            "api/v1/nodes/cordoned": { spec: { unschedulable: true }, status: { ...ready(), allocatable: big } },
            "api/v1/nodes/lost": { status: { ...ready("Unknown", "True"), allocatable: big } },
            "api/v1/nodes/new": { status: {} },
            "api/v1/nodes/blank": {},
            "api/v1/nodes/bare": { status: ready() },
            [`${deployments}/a`]: { spec: { replicas: 3 }, status: { readyReplicas: 2 } },
            [`${deployments}/b`]: { spec: {} },
            [`${autoscalers}/a`]: { spec: { maxReplicas: 10 } },
        });
        try {
            const gi = 1024 ** 3;
            expect(await capacityOf(cluster.address, "agent", limits)).to.deep.equal({
                limits: { cpu: 4, memory: 8 * gi, pods: 20 },
                nodes: { cpu: 4.5, memory: 17 * gi, pods: 120 },
                replicas: { ready: 2, wanted: 4, most: 10 },
            });
            cluster.objects.delete(`${autoscalers}/a`);
            expect((await capacityOf(cluster.address, "agent", limits)).replicas).to.deep.equal({ ready: 2, wanted: 4, most: 4 });
        } finally {
            await cluster.close();
        }
    });

    it("is unknown, part by part, where the cluster refuses", async () => {
        const refuses = (part: string) => objectStore({}, ({ path }) => (path.includes(part) ? { kind: "Status", code: 403, message: "no" } : undefined));
        for (const [part, known, unknown] of [["nodes", "replicas", "nodes"], ["autoscalers", "nodes", "replicas"]] as const) {
            const cluster = await refuses(part);
            try {
                const capacity = await capacityOf(cluster.address, "agent", limits);
                expect(capacity[unknown]).to.equal(undefined);
                expect(capacity[known]).to.be.an("object");
            } finally {
                await cluster.close();
            }
        }
    });
});
