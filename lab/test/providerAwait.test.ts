import { expect } from "chai";
import type { PropertyMap } from "../providers/plugin/values";
import { poll } from "../providers/kubernetes/await/poll";
import type { Objects } from "../providers/kubernetes/cluster/objects";
import { ruleOf } from "../providers/kubernetes/await/rules";
import { waitForProblem, waitForRule } from "../providers/kubernetes/await/waitFor";

/** What the rules may ask the cluster: one ready endpoint, and every kind is served. */
const objects = {
    isServed: () => Promise.resolve(true),
    list: () => Promise.resolve([{ endpoints: [{ conditions: { ready: true } }] }]),
} as unknown as Objects;

async function state(live: PropertyMap): Promise<string> {
    const readiness = await ruleOf(live)!.rule({ live, objects });
    return readiness.state;
}

const available = { type: "Available", status: "True" };
const progressing = { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" };

function deployment(revision: string, status: PropertyMap, generation = 1): PropertyMap {
    return {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { generation, annotations: { "deployment.kubernetes.io/revision": revision } },
        spec: { replicas: 2 },
        status: { observedGeneration: generation, ...status },
    };
}

const ready = { updatedReplicas: 2, availableReplicas: 2, conditions: [available, progressing] };
const secretType = "kubernetes.io/service-account-token";

describe("lab provider: readiness", () => {
    const cases: [name: string, live: PropertyMap, expected: string][] = [
        ["a Deployment that is rolled out", deployment("2", ready), "ready"],
        [
            "a first Deployment before it is called progressed",
            deployment("1", { ...ready, conditions: [available] }),
            "ready",
        ],
        [
            "a Deployment in the middle of a rollout",
            deployment("2", { ...ready, conditions: [available] }),
            "waiting",
        ],
        [
            "a Deployment with too few new replicas",
            deployment("1", { ...ready, updatedReplicas: 1 }),
            "waiting",
        ],
        [
            "a Deployment whose change was not seen yet",
            { ...deployment("1", ready), metadata: { generation: 2 } },
            "waiting",
        ],
        [
            "a Job that is complete",
            {
                apiVersion: "batch/v1",
                kind: "Job",
                status: { conditions: [{ type: "Complete", status: "True" }] },
            },
            "ready",
        ],
        [
            "a Job that failed",
            {
                apiVersion: "batch/v1",
                kind: "Job",
                status: { conditions: [{ type: "Failed", status: "True" }] },
            },
            "failed",
        ],
        [
            "a token Secret without its token",
            { apiVersion: "v1", kind: "Secret", type: secretType, data: { "ca.crt": "c" } },
            "waiting",
        ],
        [
            "a token Secret with token and CA",
            { apiVersion: "v1", kind: "Secret", type: secretType, data: { "ca.crt": "c", token: "t" } },
            "ready",
        ],
        ["any other Secret", { apiVersion: "v1", kind: "Secret", type: "Opaque" }, "ready"],
        ["a new namespace", { apiVersion: "v1", kind: "Namespace" }, "waiting"],
        [
            "a Service with an endpoint",
            { apiVersion: "v1", kind: "Service", spec: { type: "ClusterIP", selector: { a: "b" } } },
            "ready",
        ],
        [
            "a load balancer without an address",
            { apiVersion: "v1", kind: "Service", spec: { type: "LoadBalancer" } },
            "waiting",
        ],
        [
            "a definition that is not established",
            { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
            "waiting",
        ],
    ];
    for (const [name, live, expected] of cases) {
        it(`${name} is ${expected}`, async () => expect(await state(live)).to.equal(expected));
    }

    it("has no rule for other kinds", () =>
        expect(ruleOf({ apiVersion: "v1", kind: "ConfigMap" })).to.equal(undefined));
});

describe("lab provider: pulumi.com/waitFor", () => {
    const annotated = (value: string, rest: PropertyMap = {}): PropertyMap => ({
        metadata: { annotations: { "pulumi.com/waitFor": value } },
        ...rest,
    });
    const status = {
        phase: "Up",
        count: 3,
        conditions: [
            { type: "Synced", status: "False" },
            { type: "Ready", status: "True" },
        ],
    };
    const cases: [expression: string, expected: string][] = [
        ["condition=Ready", "ready"],
        ["condition=Synced", "waiting"],
        ["condition=Synced=False", "ready"],
        ["jsonpath={.status.phase}=Up", "ready"],
        ["jsonpath={.status.phase}=Down", "waiting"],
        ["jsonpath={.status.count}=3", "ready"],
        ["jsonpath={.status.missing}", "waiting"],
        ['["condition=Ready", "jsonpath={.status.phase}"]', "ready"],
        ['["condition=Ready", "condition=Synced"]', "waiting"],
    ];
    for (const [expression, expected] of cases) {
        it(`${expression} is ${expected}`, async () => {
            const live = annotated(expression, { status });
            expect((await waitForRule(live)!({ live, objects })).state).to.equal(expected);
        });
    }

    it("is refused before anything is created if it is invalid", () => {
        expect(waitForProblem(annotated("ready"))).to.contain('"ready" is not of the form');
        expect(waitForProblem(annotated("[]"))).to.contain("neither an expression nor a JSON list");
        expect(waitForProblem({})).to.equal(undefined);
    });
});

describe("lab provider: polling", () => {
    it("ends when satisfied, at its limit, or when cancelled", async () => {
        let looks = 0;
        const never = new AbortController().signal;
        expect(await poll(() => Promise.resolve(++looks === 2), 5000, never)).to.equal("satisfied");
        expect(await poll(() => Promise.resolve(false), 20, never)).to.equal("timeout");
        expect(await poll(() => Promise.resolve(false), 5000, AbortSignal.abort())).to.equal("cancelled");
    });
});
