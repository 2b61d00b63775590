import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as http from "node:http";
import type * as net from "node:net";
import type { ClusterAddress } from "../../clusters/kubeconfig";
import { changeRelease, readRelease, type Release } from "../../clusters/releases";
import {
    besideUnreachable,
    namedUnreachable,
    refuseUnknownServers,
    unreachableServers,
} from "../../preflight/unreachable";
import { Environment } from "../../components/environment";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { failure } from "./support/failure";
import { hubApplications } from "./support/applications";
import { mockPulumi, settled } from "./support/mocks";
import { hubOutputs, registerClusters } from "./support/register";
import { registration } from "./support/registration";

const release: Release = {
    ...{ revision: "new", at: "2026-01-01T12:00:00Z", runner: "one", state: "running", ring: 0, approved: false, begun: false },
    rings: [{ clusters: ["a"], has: [], soak: "10m", approve: false, maxFailed: 0 }],
    ...{ moved: [], before: { a: { revision: "old" } }, skipped: {}, failed: {}, timeout: "1h" },
};

describe("the record of a release", () => {
    const of = { stack: "prod", application: "agent" };
    let data: Record<string, string> | undefined;
    let version = 1;
    /** Changes of others, each just before the next change arrives. */
    let others: (() => void)[] = [];
    let hub: ClusterAddress;
    const server = http.createServer((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
            const answer = (status: number, json: object = {}) => response.writeHead(status).end(JSON.stringify(json));
            if (request.method === "GET") {
                return data === undefined ? answer(404) : answer(200, { metadata: { resourceVersion: `${version}` }, data });
            }
            others.shift()?.();
            const sent = JSON.parse(body) as { metadata: { resourceVersion?: string }; data: Record<string, string> };
            const isLast = data !== undefined && sent.metadata.resourceVersion === String(version);
            if (request.method === "POST" ? data !== undefined : !isLast) {
                return answer(409);
            }
            data = { ...data, ...sent.data };
            version += 1;
            return answer(200);
        });
    });
    before(async () => {
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as net.AddressInfo;
        hub = { setting: "hub", server: `http://127.0.0.1:${port}`, tls: {}, user: {} };
    });
    after(() => server.close());
    beforeEach(() => {
        [data, others] = [undefined, []];
    });

    const change = (next: (record: Release | undefined) => Release) => changeRelease(hub, "argocd", of, next);
    const write = (key: string, value: string) => {
        data = { ...data, [key]: value };
        version += 1;
    };

    it("is made, read and changed, each stack and application for itself", async () => {
        expect(await readRelease(hub, "argocd", of)).to.equal(undefined);
        await change(() => release);
        await change((found) => ({ ...(found as Release), ring: 1 }));
        expect(await readRelease(hub, "argocd", of)).to.deep.equal({ ...release, ring: 1 });
        expect(await readRelease(hub, "argocd", { ...of, application: "retriever" })).to.equal(undefined);
        expect(Object.keys(data ?? {})).to.deep.equal(["prod.agent"]);
    });

    it("loses no change of another process at the same moment", async () => {
        await change(() => release);
        others = [
            () => write("dr.agent", "{}"),
            () => write("prod.agent", JSON.stringify({ ...release, state: "paused" })),
        ];
        const seen: string[] = [];
        const after = await change((found) => {
            seen.push(found?.state ?? "none");
            return { ...(found as Release), ring: 1 };
        });
        expect(seen).to.deep.equal(["running", "running", "paused"]);
        expect(after).to.include({ state: "paused", ring: 1 });
        expect(data).to.have.property("dr.agent", "{}");
    });

    it("that another process makes first is changed, and not made again", async () => {
        others = [() => write("prod.agent", JSON.stringify({ ...release, ring: 5 }))];
        expect(await change((found) => found ?? release)).to.include({ ring: 5 });
    });

    it("of an earlier version, without a time limit, has the usual one", async () => {
        data = { "prod.agent": JSON.stringify({ ...release, timeout: undefined }) };
        expect(await readRelease(hub, "argocd", of)).to.deep.equal({ ...release, timeout: "15m" });
    });

    it("that was changed by hand is an error with the remedy", async () => {
        data = { "prod.agent": "{}" };
        expect(await failure(readRelease(hub, "argocd", of))).to.match(/ConfigMap release-record, is not as this program wrote it/);
    });
});

describe("clusters that a command has the preflight leave out", () => {
    it("are named by a variable, for Pulumi's Kubernetes provider too", () => {
        expect(besideUnreachable([])).to.deep.equal({});
        const env = besideUnreachable(["a", "b"]);
        expect(env).to.include({ PULUMI_K8S_SKIP_UPDATE_UNREACHABLE: "true" });
        expect(namedUnreachable(env)).to.deep.equal(["a", "b"]);
        expect(namedUnreachable({})).to.deep.equal([]);
    });

    it("keep the credential that the hub holds, whatever this run could read of them", async () => {
        await mockPulumi();
        const ignored: Record<string, readonly string[] | undefined> = {};
        const remember: pulumi.ResourceTransformation = ({ name, opts }) => {
            ignored[name] = (opts as pulumi.CustomResourceOptions).ignoreChanges;
            return undefined;
        };
        const labels = { region: "eu" };
        const clusters = { a: { context: "a", labels }, b: { context: "b", labels } };
        const more = { unreachable: ["b"], transformations: [remember] };
        registerClusters("prod", clusters, "files", {}, {}, {}, hubApplications(), "off", more);
        await settled();
        expect(ignored["a-cluster-secret"]).to.deep.equal(["type"]);
        expect(ignored["b-cluster-secret"]).to.deep.equal(["type", "data"]);
    });

    it("keep the API server of the stack's registration", () => {
        const existing = [
            registration({ cluster: "a", server: "https://a.example.com", stack: "o/p/prod" }),
            registration({ cluster: "b", server: "https://b.example.com", stack: "o/p/dr" }),
            registration({ cluster: "c", server: "https://c.example.com", stack: "o/p/prod" }),
        ];
        expect(unreachableServers(["a", "b"], existing, "o/p/prod")).to.deep.equal({ a: "https://a.example.com" });
    });

    it("are left out where the hub does not know them and the stack has nothing of them, and refused else", async () => {
        const servers = { a: "https://a.example.com" };
        refuseUnknownServers(["a", "b"], servers, ["a"]);
        for (const held of [["a", "b"], undefined]) {
            expect(() => refuseUnknownServers(["a", "b"], servers, held)).to.throw(/^hubspoke:clusters\.b: does not answer/);
        }
        await mockPulumi();
        const labels = { region: "eu" };
        const clusters = { a: { context: "a", labels }, b: { context: "b", labels } };
        const settings = parseSettings({ role: "environment", environment: "prod", hub: { context: "hub" }, clusters });
        const args = { settings: settings as EnvironmentSettings, servers, hub: hubOutputs(), stack: "o/p/prod" };
        const made = new Environment("prod", { ...args, unreachable: ["b"] });
        await settled();
        expect(Object.keys(made.clusters)).to.deep.equal(["a"]);
        expect(() => new Environment("again", args)).to.throw(/no API server is known for cluster b/);
    });
});
