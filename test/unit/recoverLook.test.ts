import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { refuseBrokenState } from "../../scripts/recover/backend";
import { look } from "../../scripts/recover/clusters";
import type { Sought } from "../../scripts/recover/questions";
import { parseSettings } from "../../settings";
import { failure } from "./support/failure";
import { type ObjectStore, objectStore } from "./support/objectStore";

const mark = "organization/hubspoke/staging";
const kinds = {
    resources: [
        { name: "secrets/status", kind: "Secret", namespaced: true },
        { name: "secrets", kind: "Secret", namespaced: true },
        { name: "namespaces", kind: "Namespace", namespaced: false },
    ],
};

describe("what an interrupted run may have created", () => {
    let server: ObjectStore;
    before(async () => {
        const metadata = { annotations: { "hubspoke/stack": mark } };
        server = await objectStore({
            // The spoke, the hub of the environment, and the hub itself, each in a folder of its own.
            "spoke/api/v1": kinds,
            "spoke/api/v1/namespaces/agent": { metadata },
            "spoke/api/v1/namespaces/agent/secrets/token": { metadata: { ...metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } },
            "spoke/api/v1/namespaces/default/secrets/token": { metadata: {} },
            "hub/api/v1": kinds,
            "hub/api/v1/namespaces/onHub": { metadata },
            "hub/api/v1/namespaces/argocd/secrets/helm": { metadata: { labels: { owner: "helm", name: "argocd" } } },
            "hub/apis/rbac.authorization.k8s.io/v1": { resources: [{ name: "roles", kind: "Role", namespaced: true }] },
            "hub/apis/rbac.authorization.k8s.io/v1/namespaces/a/roles/r": { metadata },
        });
    });
    after(() => server.close());

    const kubeconfig = (folder: string) => server.kubeconfig.replace(server.url, `${server.url}/${folder}`);
    const environment = (more: object = {}) =>
        parseSettings({
            role: "environment",
            environment: "staging",
            hub: { kubeconfig: kubeconfig("hub") },
            clusters: { staging: { kubeconfig: kubeconfig("spoke"), labels: { region: "eu" }, ...more } },
        });
    const ask = (sought: Partial<Sought>, settings = environment()) => {
        const object = { apiVersion: "v1", kind: "Namespace", namespace: undefined, name: "agent", cluster: "staging", mark, ...sought };
        return look(settings, { ask: "object", object });
    };
    const ours = { mark, deleting: false };

    it("is found on its cluster, with its mark, and whether it is on its way out", async () => {
        expect(await ask({})).to.deep.equal(ours);
        expect(await ask({ kind: "Secret", namespace: "agent", name: "token" })).to.deep.equal({ mark, deleting: true });
        expect(await ask({ kind: "Secret", name: "token" })).to.deep.equal({ mark: undefined, deleting: false });
        const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", namespace: "a", name: "r", cluster: "hub" };
        expect(await ask(role)).to.deep.equal(ours);
    });

    it("is found on the hub, from a spoke's stack and from the hub's own", async () => {
        expect(await ask({ name: "onHub", cluster: "hub" })).to.deep.equal(ours);
        const agent = { repository: "https://git.example.com/agent.git" };
        const hub = parseSettings({ role: "hub", cluster: { kubeconfig: kubeconfig("hub") }, domain: "example.com", agent });
        expect(await ask({ name: "onHub", cluster: "hub" }, hub)).to.deep.equal(ours);
    });

    it("does not exist where its name, its kind or its API does not", async () => {
        expect(await ask({ name: "none" })).to.equal(undefined);
        expect(await ask({ kind: "ConfigMap" })).to.equal(undefined);
        expect(await ask({ apiVersion: "example.com/v1" })).to.equal(undefined);
    });

    it("is a release of Helm where Helm has a Secret of it", async () => {
        const release = (name: string) => ({ ask: "release", release: { release: name, namespace: "argocd", cluster: "hub" } }) as const;
        expect(await look(environment(), release("argocd"))).to.deep.equal({ mark: undefined, deleting: false });
        expect(await look(environment(), release("other"))).to.equal(undefined);
    });

    it("is not asked for where the answer is no cluster's", async () => {
        expect(await look(environment(), { ask: "nothing", why: "" })).to.equal(undefined);
        expect(await look(environment(), { ask: "operator", why: "" })).to.equal(undefined);
    });

    it("is on a cluster of the settings that may be asked", async () => {
        expect(await failure(ask({ cluster: "gone" }))).to.match(/^hubspoke:clusters\.gone: is not in the settings, .*Add it/);
        expect(await failure(ask({}, environment({ quarantined: true })))).to.match(
            /^hubspoke:clusters\.staging\.quarantined: an interrupted run worked on staging.*Remove the setting/,
        );
    });
});

describe("a state in a folder", () => {
    let folder: string;
    let file: string;
    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "backend-"));
        file = path.join(folder, ".pulumi", "stacks", "hubspoke", "prod.json");
        fs.mkdirSync(path.dirname(file), { recursive: true });
    });
    afterEach(() => fs.rmSync(folder, { recursive: true }));
    const refuse = () => refuseBrokenState({ folder, project: "hubspoke" }, "prod");
    const whole = '{ "version": 3, "checkpoint": {} }';

    it("is fine if it can be read, or does not exist yet", () => {
        refuse();
        fs.writeFileSync(file, whole);
        refuse();
    });

    for (const broken of ["", whole.slice(0, 10), '{ "version": 3 }']) {
        it(`is refused with the way to restore it: ${broken}`, () => {
            fs.writeFileSync(file, broken);
            expect(refuse).to.throw(/the state of prod cannot be read: .* Restore your own backup/);
            fs.writeFileSync(`${file}.bak`, broken);
            expect(refuse).to.throw(/Pulumi's backup cannot be read either/);
            fs.writeFileSync(`${file}.bak`, whole);
            expect(refuse).to.throw(`Pulumi's backup is intact: restore it (cp ${file}.bak ${file}), and recover again`);
        });
    }
});
