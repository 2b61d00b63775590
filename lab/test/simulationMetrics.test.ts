import { expect } from "chai";
import { type Answer, answerMetrics } from "../simulation/metricsAnswers";
import { answerCaller } from "../simulation/metricsServer";

const root = "/apis/metrics.k8s.io/v1beta1";

function pod(name: string, requests: object | undefined, phase = "Running"): object {
    return {
        metadata: { name, namespace: "agent", labels: { app: "agent" }, uid: "not for metrics" },
        spec: { containers: [{ name: "agent", resources: { requests } }] },
        status: { phase },
    };
}

/** Asks for metrics in a cluster whose API server gives this answer, and records what that was asked. */
async function metrics(url: string, status: number, body: unknown): Promise<{ asked: string[]; answer: Answer }> {
    const asked: string[] = [];
    const answer = await answerMetrics(url, (target) => {
        asked.push(target);
        return Promise.resolve({ status, body });
    });
    return { asked, answer };
}

/** The usage of the only container of the only pod. */
async function usageOf(requests: object | undefined): Promise<unknown> {
    const { answer } = await metrics(`${root}/namespaces/agent/pods`, 200, { items: [pod("a", requests)] });
    const { items } = answer.body as { items: { containers: { usage: unknown }[] }[] };
    return items[0]?.containers[0]?.usage;
}

describe("simulation: metrics.k8s.io", () => {
    it("answers API servers' discovery without a request", async () => {
        const { asked, answer } = await metrics(root, 500, undefined);
        expect(asked).to.deep.equal([]);
        expect(answer.body).to.deep.equal({
            kind: "APIResourceList",
            apiVersion: "v1",
            groupVersion: "metrics.k8s.io/v1beta1",
            resources: [
                { name: "pods", singularName: "", namespaced: true, kind: "PodMetrics", verbs: ["get", "list"] },
                { name: "nodes", singularName: "", namespaced: false, kind: "NodeMetrics", verbs: ["get", "list"] },
            ],
        });
    });

    it("answers the check of an API server that does not say which cluster it is of, and gives it no metrics", async () => {
        expect((await answerCaller("undefined", root, {})).status).to.equal(200);
        const { status, body } = await answerCaller("undefined", `${root}/nodes`, {});
        expect(status).to.equal(421);
        expect(body).to.include({ message: "no cluster calls this server undefined" });
    });

    const requests: [string, object | undefined, object][] = [
        ["milli-CPU and binary memory", { cpu: "500m", memory: "512Mi" }, { cpu: "150.000m", memory: "153.600Mi" }],
        ["whole CPU and fractions", { cpu: "2", memory: "1.5Gi" }, { cpu: "0.600", memory: "0.450Gi" }],
        ["no request", undefined, { cpu: "10m", memory: "16Mi" }],
        ["a request for memory only", { memory: "100M" }, { cpu: "10m", memory: "30.000M" }],
    ];
    for (const [name, request, usage] of requests) {
        it(`says that a container uses 30 % of what it requests: ${name}`, async () => {
            expect(await usageOf(request)).to.deep.equal(usage);
        });
    }

    it("passes the selector on, and omits pods that do not run", async () => {
        const items = [pod("a", undefined), pod("b", undefined, "Pending"), pod("c", undefined, "Succeeded")];
        const url = `${root}/namespaces/agent/pods?labelSelector=app%3Dagent%2Ctier%21%3Ddb&limit=1`;
        const { asked, answer } = await metrics(url, 200, { items });
        expect(asked).to.deep.equal(["/api/v1/namespaces/agent/pods?labelSelector=app%3Dagent%2Ctier!%3Ddb"]);
        const list = answer.body as { kind: string; items: { kind: string; metadata: object; window: string }[] };
        expect(list.kind).to.equal("PodMetricsList");
        expect(list.items).to.have.length(1);
        expect(list.items[0]).to.include({ kind: "PodMetrics", apiVersion: "metrics.k8s.io/v1beta1", window: "1s" });
        expect(list.items[0]?.metadata).to.deep.equal({ name: "a", namespace: "agent", labels: { app: "agent" } });
    });

    it("answers for one pod, and has no metrics of a pod that does not run", async () => {
        const url = `${root}/namespaces/agent/pods/a`;
        const running = await metrics(url, 200, pod("a", undefined));
        expect(running.asked).to.deep.equal(["/api/v1/namespaces/agent/pods/a?labelSelector="]);
        expect(running.answer.body).to.include({ kind: "PodMetrics" });
        expect((await metrics(url, 200, pod("a", undefined, "Pending"))).answer.status).to.equal(404);
    });

    it("answers for nodes", async () => {
        const node = { metadata: { name: "n" }, spec: {}, status: { allocatable: { cpu: "16", memory: "64Gi" } } };
        const { asked, answer } = await metrics(`${root}/nodes`, 200, { items: [node] });
        expect(asked).to.deep.equal(["/api/v1/nodes?labelSelector="]);
        const { items } = answer.body as { items: object[] };
        expect(items[0]).to.deep.include({ kind: "NodeMetrics", usage: { cpu: "4.800", memory: "19.200Gi" } });
    });

    it("passes on the API server's refusals", async () => {
        const refusal = { kind: "Status", code: 404 };
        const { answer } = await metrics(`${root}/namespaces/agent/pods/none`, 404, refusal);
        expect(answer).to.deep.equal({ status: 404, body: refusal });
    });

    for (const url of ["/apis", "/openapi/v2", `${root}/secrets`, `${root}/namespaces/a/pods/b/log`, "/api/v1/nodes"]) {
        it(`sends no request to an API server for ${url}`, async () => {
            const { asked, answer } = await metrics(url, 200, {});
            expect(asked).to.deep.equal([]);
            expect(answer.status).to.equal(404);
        });
    }
});
