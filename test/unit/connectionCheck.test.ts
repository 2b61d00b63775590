import { mock } from "node:test";
import timers from "node:timers/promises";
import { expect } from "chai";
import { connection, type ConnectionInputs } from "../../dynamic/connection";
import { failure } from "./support/failure";
import { type ObjectStore, objectStore } from "./support/objectStore";

const applications = "apis/argoproj.io/v1alpha1/namespaces/argocd/applications";
const check = `${applications}/connection-check-prod`;
const since = "2026-01-01T12:00:00Z";
const toBase64 = (text: string) => Buffer.from(text).toString("base64");

describe("the check of Argo CD's connection to a cluster", () => {
    let hub: ObjectStore;
    let inputs: ConnectionInputs;
    /** What the program and Argo CD do, in this order. */
    let order: string[];
    /** What Argo CD writes into the Application, at each look; undefined deletes it. */
    let argoCd: (looks: number) => object | undefined;
    let sent: unknown;

    beforeEach(async () => {
        order = [];
        argoCd = () => ({ reconciledAt: since });
        let looks = 0;
        hub = await objectStore(
            { "apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects/agent": { spec: { sourceRepos: ["https://git.example.com/a.git", "b"] } } },
            ({ method, path, body }, objects) => {
                if (method !== "GET") {
                    order.push(`${method} ${path.slice(1)}`);
                    sent = method === "POST" ? JSON.parse(body) : sent;
                }
                const found = objects.get(check);
                if (method === "GET" && path === `/${check}` && found !== undefined) {
                    const status = argoCd(++looks);
                    if (status === undefined) {
                        objects.delete(check);
                    } else {
                        objects.set(check, { ...found, status });
                    }
                }
                return undefined;
            },
        );
        inputs = {
            ...{ hub: { context: undefined, kubeconfig: hub.kubeconfig }, namespace: "argocd", project: "agent", target: "room" },
            ...{ cluster: "prod", argoCdName: "arn-prod", server: "https://prod.example.com", since, timeout: "1s" },
        };
        const { setTimeout: sleep } = timers;
        mock.method(timers, "setTimeout", (ms?: number, ...others: unknown[]) => {
            if (ms === 5_000) {
                order.push("pause");
            }
            return sleep(ms === 5_000 || ms === 500 ? 1 : ms, ...(others as []));
        });
    });
    afterEach(async () => {
        mock.restoreAll();
        await hub.close();
    });

    const whole = [`DELETE ${check}`, `POST ${applications}`, `DELETE ${check}`];
    const registered = (name: string, creationTimestamp: string) =>
        hub.objects.set(`api/v1/namespaces/argocd/secrets/${name}`, {
            metadata: { name, creationTimestamp, labels: { "argocd.argoproj.io/secret-type": "cluster" } },
            data: { name: toBase64(name), server: toBase64("https://x.example.com") },
        });
    const error = async (given: Partial<ConnectionInputs> = {}) => {
        const caught = await connection.create({ ...inputs, ...given }).then(() => undefined, (one: Error) => one);
        // The time is of this machine.
        return { message: caught?.message.replace(/\d+\.\d s/, "N s"), stack: caught?.stack };
    };

    it("has Argo CD compare an Application that delivers nothing, and removes it", async () => {
        const { id, outs } = await connection.create(inputs);
        expect(order).to.deep.equal(whole);
        expect(sent).to.deep.equal({
            apiVersion: "argoproj.io/v1alpha1",
            kind: "Application",
            metadata: { name: "connection-check-prod", namespace: "argocd", labels: { "hubspoke/connection-check": "true" } },
            spec: {
                project: "agent",
                source: {
                    repoURL: "https://git.example.com/a.git",
                    path: ".",
                    targetRevision: "HEAD",
                    directory: { include: "hubspoke-connection-check" },
                },
                destination: { name: "arn-prod", namespace: "room" },
            },
        });
        expect(id).to.match(/^[0-9a-f]{16}$/);
        expect((await connection.create({ ...inputs, cluster: "dr", skip: true })).id).not.to.equal(id);
        expect(outs).to.deep.equal(inputs);
    });

    it("waits until Argo CD has read the cluster, also without manifests", async () => {
        const conditions = [{ type: "ComparisonError", message: "Failed to load target state: no such revision" }];
        argoCd = (looks) => (looks < 3 ? {} : { reconciledAt: since, conditions });
        await connection.create(inputs);
        expect(order).to.deep.equal(whole);
    });

    it("gives Argo CD time to notice a changed cluster Secret", async () => {
        expect(await connection.update!("id", inputs, { ...inputs, server: "b" })).to.deep.equal({ outs: { ...inputs, server: "b" } });
        expect(order).to.deep.equal(["pause", ...whole]);
    });

    const secrets: [name: string, secret: string, created: string, pauses: boolean][] = [
        ["that an earlier credential was in", "arn-prod", "2026-01-01T11:59:54Z", true],
        ["that came with the credential", "arn-prod", "2026-01-01T11:59:55Z", false],
        ["of another cluster", "arn-dr", "2020-01-01T12:00:00Z", false],
    ];
    for (const [name, secret, created, pauses] of secrets) {
        it(`${pauses ? "gives" : "does not give"} it at first for a Secret ${name}`, async () => {
            registered(secret, created);
            await connection.create(inputs);
            expect(order).to.deep.equal([...(pauses ? ["pause"] : []), ...whole]);
        });
    }

    it("asks nothing in quarantine, nor with a limit of zero", async () => {
        await connection.create({ ...inputs, skip: true });
        await connection.update!("id", inputs, { ...inputs, timeout: "0s" });
        expect(order).to.deep.equal([]);
    });

    const remedy =
        ". Correct server, tls, proxyUrl or credentials of this cluster, or the hub's network to it, and run `pulumi up` again. " +
        "For a longer limit, set hubspoke:connectionTimeout";
    const seen: [name: string, status: object | undefined, seen: string, more?: string][] = [
        ["does not compare it", {}, "silent"],
        [
            "cannot read the cluster",
            { reconciledAt: since, conditions: [{ type: "ComparisonError", message: "Failed to load live state: Unauthorized" }] },
            "cluster not read Failed to load live state: Unauthorized",
            ". If the cluster had this URL before, Argo CD may still use its credential of that time: restart its controller on " +
                "the hub (`kubectl --namespace argocd rollout restart statefulset --selector " +
                "app.kubernetes.io/component=application-controller`), and run `pulumi up` again",
        ],
        ["loses it", undefined, "deleted"],
    ];
    for (const [name, status, last, more = ""] of seen) {
        it(`fails with what to correct if Argo CD ${name}, and removes the Application`, async () => {
            argoCd = () => status;
            expect(await error()).to.deep.equal({
                message:
                    "hubspoke:clusters.prod: Argo CD on the hub has no connection to https://prod.example.com: waited N s for Argo CD " +
                    `to connect to prod; last seen: ${last}${remedy}${more}`,
                // Pulumi would print it too.
                stack: "",
            });
            expect(order).to.deep.equal(whole);
        });
    }

    it("names the hub's setting where the kubeconfig does not have the hub", async () => {
        const lost = { ...inputs, hub: { context: "gone", kubeconfig: hub.kubeconfig } };
        expect(await failure(connection.create(lost))).to.match(/^hubspoke:hub\b/);
        expect(await failure(connection.update!("id", inputs, lost))).to.match(/^hubspoke:hub\b/);
        expect(await failure(connection.delete!("id", lost))).to.match(/^hubspoke:hub\b/);
    });

    it("leaves no Application when the cluster is removed", async () => {
        hub.objects.set(check, {});
        await connection.delete!("id", inputs);
        expect(order).to.deep.equal([`DELETE ${check}`]);
        expect(hub.objects.has(check)).to.equal(false);
    });
});
