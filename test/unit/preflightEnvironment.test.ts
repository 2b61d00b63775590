import { expect } from "chai";
import { checkEnvironment, type EnvironmentFacts } from "../../preflight/environment";
import type { HubOutputs } from "../../components/hubOutputs";
import type { ShardPlace } from "../../preflight/shards";
import { besideUnreachable } from "../../preflight/unreachable";
import { checked } from "../../scripts/doctor/program";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { clusterSecret, namespacePath } from "./support/hubPreflight";
import { closedPort } from "./support/failure";
import { objectStore, type StoredObject } from "./support/objectStore";
import { hubOutputs } from "./support/register";

type Objects = Record<string, StoredObject>;

const stack = "organization/hubspoke/staging";
const server = "https://staging.example.com";
const uid = "0f1d2c3b-4a59-4687-9786-a5b4c3d2e1f0";
const labels = { deploy: "true", region: "eu" };

/** What a spoke has: its version, and the UID that identifies it. */
const spoke: Objects = { "spoke/version": {}, "spoke/api/v1/namespaces/kube-system": { metadata: { uid } } };
const registered = (more: object = {}, annotations: object = {}): Objects => {
    const [[path, secret] = ["", {}]] = Object.entries(clusterSecret("staging", { stack, ...more }));
    return { [path]: { ...secret, metadata: { ...secret.metadata, annotations: { "hubspoke/stack": stack, ...annotations } } } };
};
const another = registered({}, { "hubspoke/cluster-uid": "9a1d2c3b-4a59-4687-9786-a5b4c3d2e1f0" });

/**
 * Checks an environment with the cluster staging as the first preview does.
 *
 * @param objects on the hub, and below `spoke/` on the cluster
 * @param given settings of the cluster, and of the environment; and outputs of the hub
 */
async function check(
    objects: Objects = {},
    given: {
        readonly cluster?: object;
        readonly settings?: object;
        readonly hub?: Partial<HubOutputs>;
        readonly place?: ShardPlace;
        /** Settings of another cluster, `other`, whose objects are below `other/`. */
        readonly other?: object;
    } = {},
): Promise<{ facts: EnvironmentFacts | undefined; error: string; warnings: readonly string[] }> {
    const hub = await objectStore({ version: {}, ...spoke, ...objects });
    const settings = () => parseSettings({
        role: "environment",
        environment: "staging",
        hub: { kubeconfig: hub.kubeconfig },
        clusters: {
            staging: {
                kubeconfig: hub.kubeconfig.replace(hub.url, `${hub.url}/spoke`),
                ...{ server, hubOnly: true, labels },
                ...given.cluster,
            },
            ...(given.other && {
                other: {
                    kubeconfig: hub.kubeconfig.replace(hub.url, `${hub.url}/other`),
                    ...{ server: "https://other.example.com", hubOnly: true, labels },
                    ...given.other,
                },
            }),
        },
        ...given.settings,
    }) as EnvironmentSettings;
    try {
        const outputs = Promise.resolve(hubOutputs(given.hub));
        const work = () => checkEnvironment(settings(), stack, outputs, given.place);
        const { facts, error, warnings } = await checked(stack, work);
        return { facts, error: error === undefined ? "" : (error as Error).message, warnings };
    } finally {
        await hub.close();
    }
}

describe("the checks of an environment", () => {
    it("find what the program must know of a new cluster", async () => {
        const { facts, error, warnings } = await check();
        expect({ error, warnings }).to.deep.equal({ error: "", warnings: [] });
        const { hub, ...found } = facts!;
        expect(hub.argoCdNamespace).to.equal("argocd");
        expect(found).to.deep.equal({
            servers: { staging: server },
            uids: { staging: uid },
            adoptions: {},
            keptAnnotations: {},
            unreachable: [],
            adoptedNamespaces: { staging: { agent: undefined } },
        });
    });

    it("keep the spelling of a registered URL: another one would move its Applications", async () => {
        const { facts, error } = await check(registered({ server: `${server}:443/` }));
        expect(error).to.equal("");
        expect(facts?.servers).to.deep.equal({ staging: `${server}:443/` });
    });

    it("find a namespace to adopt, and those of the stack by its registration", async () => {
        const namespace: Objects = { "spoke/api/v1/namespaces/agent": { metadata: { name: "agent", labels: { team: "a" } } } };
        const found = await check(namespace);
        expect(found.facts?.adoptedNamespaces.staging?.agent).to.deep.equal({ labels: { team: "a" }, annotations: {} });
        expect(found.warnings).to.have.length(1);
        const own = await check({ ...namespace, ...registered() });
        expect(own.facts?.adoptedNamespaces).to.deep.equal({ staging: { agent: undefined } });
        const pods = { ...namespace, "spoke/api/v1/namespaces/agent/pods/web": { metadata: { name: "web" } } };
        expect((await check(pods)).error).to.match(/hubspoke:clusters\.staging\.sharedNamespace: .*\(web\)/);
        expect((await check(pods, { cluster: { sharedNamespace: true } })).facts?.adoptedNamespaces.staging?.agent).to.be.an("object");
    });

    it("adopt a registration of another tool that the settings name, with its annotations", async () => {
        const [[path, secret] = ["", {}]] = Object.entries(clusterSecret("staging", { labels: { team: "a" } }));
        const byTool = { [path]: { ...secret, metadata: { ...secret.metadata, annotations: { note: "kept" } } } };
        const cluster = { clusterSecret: "cluster-staging", labels: { deploy: "false", region: "eu", team: "a" } };
        const { facts, error } = await check(byTool, { cluster });
        expect(error).to.equal("");
        expect(facts).to.deep.include({
            adoptions: { staging: { secret: "cluster-staging" } },
            keptAnnotations: { staging: { note: "kept" } },
        });
        expect((await check(byTool)).error).to.match(
            /hubspoke:clusters\.staging: the hub already has a cluster "staging".*npm run adopt -- staging/,
        );
    });

    const account: Objects = { "spoke/api/v1/namespaces/argocd-manager": { metadata: { name: "argocd-manager" } } };
    const record = (data: object): Objects => ({ [`${namespacePath}/configmaps/promotion-record`]: { data } });
    const superseded = record({ staging: JSON.stringify({ revision: "v2", at: "2026-01-01T00:00:00Z", superseded: ["v1"] }) });
    const removed = clusterSecret("old", { stack, labels: { environment: "staging" } });
    const application: Objects = {
        "apis/argoproj.io/v1alpha1/namespaces/argocd/applications/agent-old": {
            metadata: { name: "agent-old" },
            spec: { destination: { name: "old" } },
        },
    };
    const byKinds = { scope: "cluster", kinds: [{ apiGroup: "batch", resources: ["cronjobs"] }] };
    const pinned = { strategy: "pinned", pinned: [], rolled: undefined, windowed: [], soak: "10m" } as const;

    const refused: [name: string, objects: Objects, given: Parameters<typeof check>[1], error: RegExp][] = [
        ["an account of another Argo CD", account, {}, /hubspoke:clusters\.staging: the cluster has a namespace argocd-manager/],
        ["another cluster than the registered one", another, {}, /the kubeconfig leads to the cluster 0f1d.*has registered 9a1d.*`uid: 0f1d/],
        ["a URL that no pod can use", {}, { cluster: { server: "https://127.0.0.1:6443" } }, /hubspoke:clusters\.staging\.server: https:\/\/127/],
        ["a pin that a promotion has replaced", { ...registered(), ...superseded }, { cluster: { revision: "v1" } }, /hubspoke:clusters\.staging\.revision: is v1, but/],
        [
            "a token that a rotation has replaced",
            registered({}, { "hubspoke/credential-generation": "3" }),
            {},
            /hubspoke:clusters\.staging\.credentials\.generation: is 1, but the hub holds token 3/,
        ],
        ["an environment that the hub does not deliver to", {}, { hub: { rollout: { ...pinned, pinned: ["staging"] } } }, /hubspoke:clusters\.staging\.revision: is missing/],
        [
            "the removal of a protected cluster",
            { ...removed, ...application },
            { hub: { rollout: { ...pinned, protectedEnvironments: ["staging"] } } },
            /hubspoke:clusters\.old: is not in the settings any more, and the hub protects staging/,
        ],
        [
            "a quarantine of an unregistered cluster",
            {},
            { cluster: { quarantined: true } },
            /hubspoke:clusters\.staging\.quarantined: this stack has not registered staging on the hub/,
        ],
        ["a quarantine that Argo CD does not know", registered(), { cluster: { quarantined: true }, hub: { argoCdVersion: "v3.3.1" } }, /supports a quarantine from 3\.4/],
        [
            "a cluster that the state of another shard has",
            registered(),
            { place: { shard: undefined, shards: {}, held: [] } },
            /hubspoke:clusters\.staging: staging has registered it .* a second time/,
        ],
        [
            "rights in a namespace that does not exist",
            { "spoke/api/v1/namespaces/web": { metadata: { name: "web" } } },
            { cluster: { permissions: { ...byKinds, namespaces: ["shop", "web", "agent"] } } },
            /hubspoke:clusters\.staging\.permissions\.namespaces: the cluster has no namespace shop, and/,
        ],
        ["a registration of another stack", clusterSecret("staging", { stack: "organization/hubspoke/prod" }), {}, /of stack organization\/hubspoke\/prod/],
    ];
    for (const [name, objects, given, expected] of refused) {
        it(`refuse ${name}`, async () => {
            const { error, facts } = await check(objects, given);
            expect(error).to.match(expected);
            expect(facts).to.equal(undefined);
        });
    }

    const other: Objects = {
        "other/version": {},
        "other/api/v1/namespaces/kube-system": { metadata: { uid: "9a1d2c3b-4a59-4687-9786-a5b4c3d2e1f0" } },
    };

    it("refuse two clusters at one API server", async () => {
        const { error } = await check(other, { other: { server: `${server}/` } });
        expect(error).to.match(/^A check failed; .*\n {2}hubspoke:clusters\.other: has the same API server as clust/);
    });

    it("refuse accounts for syncs that the hub's Argo CD does not support", async () => {
        const { error } = await check({}, { hub: { impersonation: "prepared", argoCdVersion: "v3.4.4" } });
        expect(error).to.match(/hubspoke:hub: the hub's impersonation is "prepared", .* before Argo CD 3\.5/);
    });

    it("take a cluster's namespaces for its own by its own registration alone", async () => {
        const namespace = { metadata: { name: "agent", labels: { team: "a" } } };
        const both: Objects = {
            ...other,
            "spoke/api/v1/namespaces/agent": namespace,
            "other/api/v1/namespaces/agent": namespace,
        };
        const adopted = { labels: { team: "a" }, annotations: {} };
        const own = await check({ ...both, ...registered() }, { other: {} });
        const staging = { agent: undefined };
        expect(own.facts?.adoptedNamespaces).to.deep.equal({ staging, other: { agent: adopted } });
        const unmarked = registered({ labels: { "applications.hubspoke/agent": "false" } });
        const none = await check({ ...both, ...unmarked }, { other: {} });
        expect(none.facts?.adoptedNamespaces).to.deep.equal({ staging: { agent: adopted }, other: { agent: adopted } });
    });

    it("accept the account's namespace where the stack made it, or makes no account", async () => {
        expect((await check({ ...account, ...registered() })).error).to.equal("");
        expect((await check(account, { cluster: { credentials: aws } })).error).to.equal("");
    });

    const aws = { type: "aws", clusterName: "staging", subject: { kind: "Group", name: "argocd" } };
    const warned: [name: string, objects: Objects, given: Parameters<typeof check>[1], warning: RegExp][] = [
        ["a cluster whose UID may not be read", { "spoke/api/v1/namespaces/kube-system": { kind: "Status", code: 403 } }, {}, /may not read the namespace kube-system/],
        ["the setting that lifts the protection", {}, { settings: { protect: false } }, /^hubspoke:protect: is false, so a destroy removes the agent from staging/],
        ["a confirmation that has served", registered({}, { "hubspoke/cluster-uid": uid }), { cluster: { uid } }, /clusters\.staging\.uid: the hub has this UID now/],
        [
            "a cluster that Argo CD leaves alone",
            registered({}, { "argocd.argoproj.io/skip-reconcile": "true" }),
            {},
            /hubspoke:clusters\.staging: Argo CD leaves it alone now/,
        ],
        [
            "an identity that Argo CD may not have",
            {},
            { cluster: { credentials: aws }, hub: { identities: [] } },
            /hubspoke:clusters\.staging\.credentials\.type: is "aws", and .* only a role of the hub's nodes can serve/,
        ],
    ];
    for (const [name, objects, given, expected] of warned) {
        it(`warn of ${name}`, async () => {
            const { error, warnings } = await check(objects, given);
            expect({ error, count: warnings.length }).to.deep.equal({ error: "", count: 1 });
            expect(warnings[0]).to.match(expected);
        });
    }

    it("accept rights in namespaces that exist, or that may not be looked at, and with all rights any", async () => {
        const objects: Objects = {
            "spoke/api/v1/namespaces/web": { metadata: { name: "web" } },
            "spoke/api/v1/namespaces/shop": { kind: "Status", code: 403 },
        };
        const admin = { scope: "cluster", admin: true, namespaces: ["nowhere"] };
        for (const permissions of [{ ...byKinds, namespaces: ["shop", "web", "agent"] }, admin]) {
            expect((await check(objects, { cluster: { permissions } })).error).to.equal("");
        }
    });

    it("leave a cluster in quarantine alone, and take its URL from the hub", async () => {
        const { facts, error } = await check({ ...registered(), "spoke/version": { kind: "Status", code: 500 } }, { cluster: { quarantined: true } });
        expect(error).to.equal("");
        expect(facts).to.deep.include({ servers: { staging: server }, adoptedNamespaces: {} });
    });

    it("leave out a cluster that a command names as dead, unless the state has what the hub has not registered", async () => {
        const dead: Objects = { "spoke/version": { kind: "Status", code: 500 } };
        const held = (...names: string[]): ShardPlace => ({ shard: undefined, shards: {}, held: names });
        const env = besideUnreachable(["staging", "in-another-shard"]);
        Object.assign(process.env, env);
        try {
            const { facts, error } = await check(dead, { place: held() });
            expect(error).to.equal("");
            expect(facts).to.deep.include({ servers: {}, unreachable: ["staging", "in-another-shard"] });
            expect((await check({ ...dead, ...registered() }, { place: held("staging") })).facts?.servers).to.deep.equal({ staging: server });
            expect((await check(dead, { place: held("in-another-shard") })).error).to.equal("");
            expect((await check(dead, { place: held("staging") })).error).to.match(
                /hubspoke:clusters\.staging: does not answer, and the hub has no registration .* state has it\./,
            );
        } finally {
            Object.keys(env).forEach((name) => delete process.env[name]);
        }
    });

    it("stop at a cluster or a hub that does not answer, and name its setting", async () => {
        expect((await check({ "spoke/version": { kind: "Status", code: 500 } })).error).to.match(/hubspoke:clusters\.staging: the API server \S+ answers 500 for version/);
        expect((await check({ version: { kind: "Status", code: 403 } })).error).to.match(/hubspoke:hub: the API server \S+ refuses these credentials/);
    });

    it("say that this machine cannot reach a cluster as Argo CD will, which only the hub may", async () => {
        const elsewhere = `https://127.0.0.1:${await closedPort()}`;
        const cluster = { server: elsewhere, hubOnly: false, tls: { insecureSkipTlsVerify: true } };
        const { error, warnings } = await check({}, { cluster, hub: { lab: true } });
        expect(error).to.equal("");
        expect(warnings).to.deep.equal([
            `hubspoke:clusters.staging: this machine cannot reach ${elsewhere} as Argo CD will: the kubeconfig has another URL, ` +
                "and only the hub may reach this one. `pulumi up` waits until Argo CD itself is connected",
        ]);
    });
});
