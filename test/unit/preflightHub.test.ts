import { expect } from "chai";
import { moveId } from "../../clusters/moves";
import { checkedHub, clusterSecret, namespacePath, ofStack, served } from "./support/hubPreflight";
import type { StoredObject } from "./support/objectStore";

type Objects = Record<string, StoredObject>;

const delivered = { deploy: "true", environment: "prod", region: "eu", "app.kubernetes.io/managed-by": "pulumi" };
const prod = clusterSecret("prod", { stack: "organization/hubspoke/prod", labels: delivered });
const move = { at: "2026-01-01T12:00:00Z", by: "ada", from: "prod", to: "dr", why: "", automatic: false, state: "done" };
const recorded = (...moves: object[]): Objects => ({
    [`${namespacePath}/configmaps/failover-record`]: { data: { "moves.json": JSON.stringify(moves) } },
});
const dns = served("externaldns.k8s.io");
const users = (target: string): Objects => ({
    "apis/externaldns.k8s.io/v1alpha1/namespaces/argocd/dnsendpoints/agent": { spec: { endpoints: [{ targets: [target] }] } },
});
const traffic = { traffic: { active: "prod" } };
const applicationSet = (spec: object): Objects => ({
    "apis/argoproj.io/v1alpha1/namespaces/argocd/applicationsets/agent": { metadata: ofStack, spec },
});
const application = (name: string, more: object): Objects => ({
    [`apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${name}`]: { metadata: { name }, ...more },
});
const generated = { spec: { project: "agent" }, metadata: { name: "agent-stray", ownerReferences: [{ kind: "ApplicationSet", name: "agent" }] } };
const own: Objects = { [namespacePath]: { metadata: ofStack } };
const finished = {
    [`${namespacePath}/secrets/helm`]: { metadata: { labels: { owner: "helm", name: "argocd", status: "deployed" } } },
};
const autoscaler = { "api/v1/namespaces/kube-system/configmaps/cluster-autoscaler-status": {} };
const few = (objects: Objects): Objects => ({ ...objects, "api/v1/nodes/c": { spec: { unschedulable: true } } });

const egress = { hub: [{ cidr: "10.0.0.0/16" }], git: [{ cidr: "203.0.113.0/24" }] };
const endpoints = {
    "apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes": {
        endpoints: [{ addresses: ["10.1.0.1"] }],
        ports: [{ port: 6443 }, {}],
    },
};

describe("the checks of a hub", () => {
    it("find nothing on an empty one, and what the settings leave to them", async () => {
        const none = { adoption: undefined, registersHub: true, agentOnHub: undefined, chartHasSecret: false };
        const { facts, error, warnings } = await checkedHub();
        expect({ error, warnings }).to.deep.equal({ error: "", warnings: [] });
        expect(facts).to.deep.equal({ ...none, serviceMonitors: false, alertObjects: "files" });
        const operated = await checkedHub(served("monitoring.coreos.com"));
        expect(operated.facts).to.deep.equal({ ...none, serviceMonitors: true, alertObjects: "operator" });
        const given = { metrics: { serviceMonitors: false }, alerts: { objects: "none" } };
        const asGiven = await checkedHub(served("monitoring.coreos.com"), given);
        expect(asGiven.facts).to.deep.equal({ ...none, serviceMonitors: false, alertObjects: "none" });
    });

    it("refuse an encrypted value beside values of an application, which are plain text in the ApplicationSet", async () => {
        const agent = { repository: "https://git.example.com/agent.git", namespace: "agent", facts: false };
        const withValues = { agent: undefined, applications: { agent: { ...agent, valuesObject: { all: { key: "hunter2" } } } } };
        process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(["hubspoke:applications"]);
        try {
            const { error } = await checkedHub({}, withValues);
            expect(error).to.match(/:applications\.agent\.valuesObject: .* contains a secret.*External Secrets/);
            expect(error).not.to.include("hunter2");
            expect((await checkedHub({}, { agent: undefined, applications: { agent } })).error).to.equal("");
        } finally {
            delete process.env.PULUMI_CONFIG_SECRET_KEYS;
        }
        expect((await checkedHub({}, withValues)).error).to.equal("");
    });

    it("find the Secret of notifications that a release of the chart created, and not that of the stack", async () => {
        const path = `${namespacePath}/secrets/argocd-notifications-secret`;
        const helms = { metadata: { annotations: { "meta.helm.sh/release-name": "argocd" } } };
        expect((await checkedHub({ ...own, [path]: helms })).facts?.chartHasSecret).to.equal(true);
        expect((await checkedHub({ ...own, [path]: { metadata: ofStack } })).facts?.chartHasSecret).to.equal(false);
    });

    const refused: [name: string, objects: Objects, settings: object, error: RegExp][] = [
        ["two nodes at a first installation", few({}), {}, /hubspoke:availability: "ha" needs 3 .*the hub has 2 and no autoscaler/],
        ["nodes of which the settings choose none", {}, { pods: { nodeSelector: { pool: "argo" } } }, /the hub has 0/],
        ["no external-dns, which the settings expect", {}, traffic, /hubspoke:traffic\.externalDns\.mode: is "existing", but/],
        ["no operator, which the settings expect", {}, { alerts: { objects: "operator" } }, /hubspoke:alerts\.objects: is "operator"/],
        ["a memory request above its limit", {}, { scale: { controllerMemory: "64Gi" } }, /hubspoke:scale\.controllerMemory: is 64Gi/],
        ["no cert-manager, which Redis needs first", {}, { redisTls: true }, /hubspoke:redisTls: needs the hub's cert-manager/],
        ["an old chart in an archive", {}, { chart: { path: "argo-cd-7.0.0.tgz" } }, /hubspoke:chart\.path: chart 7\.0\.0 is older/],
        ["users on another cluster than the record", { ...dns, ...recorded(move) }, traffic, /hubspoke:traffic\.active: is prod, but/],
        [
            "an unknown active cluster",
            { ...dns, ...own, ...prod },
            { traffic: { active: "eu" } },
            /hubspoke:traffic\.active: is "eu", but the hub has prod\./,
        ],
        [
            "a move that changed the name and stopped then",
            { ...dns, ...prod, ...own, ...users("agent.dr.example.com"), ...recorded({ ...move, state: "begun" }),
                ...clusterSecret("dr", { stack: "organization/hubspoke/dr", labels: delivered }) },
            traffic,
            /hubspoke:traffic\.active: is prod, but/,
        ],
        [
            "Applications in the AppProject that would be locked",
            { ...own, ...application("shop", { spec: { project: "default" } }) },
            {},
            /hubspoke:defaultProject: would be locked/,
        ],
        [
            "an application in another namespace",
            { ...own, ...prod, ...applicationSet({ generators: [], template: { spec: { destination: { namespace: "shop" } } } }) },
            {},
            /hubspoke:agent\.namespace: is agent, and the application is in shop on its clusters\. Write shop\./,
        ],
        [
            "a Secret of another tool for the hub itself, where the agent goes to the hub",
            { ...own, ...clusterSecret("in-cluster", { server: "https://kubernetes.default.svc" }) },
            { labels: { deploy: "true", region: "eu" } },
            /hubspoke:labels\.deploy: is "true", and Secret cluster-in-cluster, which another tool or a person created/,
        ],
        [
            "a cluster whose Application the new ApplicationSet would delete",
            {
                ...own,
                ...clusterSecret("stray", { labels: { deploy: "true" } }),
                ...applicationSet({ generators: [{ clusters: { selector: { matchLabels: { deploy: "true" } } } }] }),
                ...application("agent-stray", generated),
            },
            {},
            new RegExp(
                "cluster Secret cluster-stray: its Application agent-stray would be deleted, with all that it delivers\\. To keep it: " +
                    "kubectl label secret --namespace argocd cluster-stray environment=… region=… app.kubernetes.io/managed-by=pulumi",
            ),
        ],
        [
            "an API server of its own that the limits cut off",
            { ...own, ...endpoints },
            { egress },
            /hubspoke:egress\.hub: does not contain 10\.1\.0\.1 with port 6443/,
        ],
        [
            "a cluster that the limits cut off",
            { ...own, ...clusterSecret("prod", { stack: "organization/hubspoke/prod", server: "https://192.0.2.1:6443" }) },
            { egress: { ...egress, clusters: [{ cidr: "192.0.2.1/32", ports: [443] }] } },
            /hubspoke:egress\.clusters: does not contain 192\.0\.2\.1 with port 6443, which is the API server of prod/,
        ],
    ];
    for (const [name, objects, settings, expected] of refused) {
        it(`refuse ${name}, and name the setting`, async () => {
            const { error, facts } = await checkedHub(objects, settings);
            expect(error).to.match(/^A check failed; nothing was changed\.\n/).and.match(expected);
            expect(facts).to.equal(undefined);
        });
    }

    const allowed: [name: string, objects: Objects, settings: object, warning: RegExp | undefined][] = [
        ["two nodes of a hub with a release", few({ ...own, ...finished }), {}, /the hub has 2: some pods of Argo CD cannot/],
        ["two nodes with an autoscaler", few(autoscaler), {}, /waits until cluster-autoscaler has added the missing nodes/],
        ["two nodes with Karpenter", few(served("karpenter.sh")), {}, /waits until Karpenter has added/],
        ["two nodes without availability", few({}), { availability: "single" }, undefined],
        ["users where the record has them", { ...dns, ...recorded(move) }, { traffic: { active: "dr" } }, undefined],
        ["users elsewhere on purpose", { ...dns, ...recorded(move) }, { traffic: { active: "prod", acknowledge: moveId(move as never) } }, undefined],
        ["a move that stopped before the name", { ...dns, ...recorded({ ...move, state: "begun" }) }, traffic, undefined],
        [
            "a Secret of another tool for the hub itself",
            { ...own, ...clusterSecret("in-cluster", { server: "https://kubernetes.default.svc" }) },
            {},
            /hubspoke:cluster: Secret cluster-in-cluster, .* does not register the hub again$/,
        ],
        ["a stray cluster", { ...own, ...clusterSecret("stray", { labels: { deploy: "true" } }) }, {}, /cluster Secret cluster-stray \("stray"\) has/],
        [
            "a stray cluster whose Application no ApplicationSet made",
            { ...own, ...clusterSecret("stray", { labels: { deploy: "true" } }), ...applicationSet({ generators: [{ clusters: {} }] }),
                ...application("agent-stray", { spec: { project: "agent" } }) },
            {},
            /cluster Secret cluster-stray/,
        ],
        ["cert-manager for Redis", served("cert-manager.io"), { redisTls: true }, undefined],
    ];
    for (const [name, objects, settings, expected] of allowed) {
        it(`allow ${name}${expected === undefined ? "" : ", with a warning"}`, async () => {
            const { error, warnings, facts } = await checkedHub(objects, settings);
            expect(error).to.equal("");
            expect(warnings).to.have.length(expected === undefined ? 0 : 1);
            expect(warnings[0] ?? "").to.match(expected ?? /^$/);
            expect(facts?.registersHub).to.equal(!name.endsWith("for the hub itself"));
        });
    }

    it("report all problems at once", async () => {
        const { error } = await checkedHub(few({}), { ...traffic, redisTls: true });
        expect(error).to.match(/^3 checks failed; nothing was changed\.(\n {2}hubspoke:.*){3}$/);
    });
});
