import { expect } from "chai";
import { parse } from "yaml";
import { priorityClass } from "../../components/argoCd/availability";
import { usualExclusions } from "../../components/argoCd/exclusions";
import { notificationsSecret } from "../../components/argoCd/notifications";
import { scaleOf } from "../../components/argoCd/scale";
import { clientsOfRedis, controller, notificationsController, notified, Rendered, testCharts } from "./support/hub";
import { awayInRollout, type Container, reaches, type Workload } from "./support/objects";
import { defaultValues } from "./support/render";

const repoServer = "argocd-repo-server";
const oidc = { issuer: "https://login.example.com", clientId: "argocd", clientSecret: "hunter2" };

testCharts("a hub's rights and availability", (chart) => {
    it("gives Argo CD no right outside its namespace, unless the settings say all, and the repo server no token", async () => {
        const wide = ({ objects }: Rendered) =>
            objects.filter(({ kind }) => kind.startsWith("ClusterRole")).map(({ metadata }) => metadata.name);
        const narrow = await Rendered.from(chart, {});
        expect(wide(narrow)).to.deep.equal([]);
        const { spec } = narrow.objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === repoServer)!;
        expect(spec.template?.spec).to.include({ serviceAccountName: repoServer, automountServiceAccountToken: false });
        const permissions = { scope: "cluster", admin: true, namespaces: ["shop"] };
        expect(wide(await Rendered.from(chart, { permissions }))).to.include(controller);
    });

    for (const fleet of ["small", "medium", "large"] as const) {
        describe(`with availability ha and fleet ${fleet}`, () => {
            let hub: Rendered;
            let replicated: readonly Workload[];
            before(async () => {
                hub = await Rendered.from(chart, { availability: "ha", fleet, ...notified });
                replicated = hub.workloads.filter(({ name }) => name !== notificationsController);
            });

            it("has several replicas of every component except notifications", () => {
                const counts = Object.fromEntries(hub.workloads.map(({ name, replicas }) => [name, replicas]));
                expect(counts).to.deep.equal({
                    [controller]: Math.max(2, scaleOf(hub.settings).shards),
                    "argocd-redis-ha-server": 3,
                    "argocd-redis-ha-haproxy": 3,
                    "argocd-applicationset-controller": 2,
                    "argocd-repo-server": 2,
                    "argocd-server": 2,
                    [notificationsController]: 1,
                });
            });

            it("allows a drain to evict one pod of each at a time, and never the last one", () => {
                for (const { name, replicas, drainable } of replicated) {
                    expect(drainable, name).to.equal(1);
                    expect(replicas, name).to.be.greaterThan(1);
                }
                expect(hub.workload(notificationsController).drainable, "a budget would block every drain").to.equal(undefined);
            });

            it("rolls out on three nodes without stopping the last replica", () => {
                for (const workload of replicated) {
                    expect(awayInRollout(workload), workload.name).to.be.lessThan(workload.replicas);
                }
                const bound = replicated.filter(
                    ({ pod }) => "requiredDuringSchedulingIgnoredDuringExecution" in (pod.affinity?.podAntiAffinity ?? {}),
                );
                expect(bound.map(({ name }) => name)).to.have.members([
                    "argocd-redis-ha-server",
                    "argocd-redis-ha-haproxy",
                ]);
                for (const workload of bound) {
                    expect(awayInRollout(workload), `${workload.name}: no host is free for a fourth`).to.equal(1);
                }
            });

            it("keeps pods of one component on different hosts and zones", () => {
                for (const { name, labels, pod } of replicated) {
                    expect(pod.affinity?.podAntiAffinity, name).to.be.an("object").that.is.not.empty;
                    const keys = (pod.topologySpreadConstraints ?? []).map(({ topologyKey, labelSelector }) => {
                        expect(labels, name).to.include(labelSelector.matchLabels);
                        return topologyKey;
                    });
                    expect(keys, name).to.include("topology.kubernetes.io/zone");
                }
            });

            it("gives every pod the priority class, and every container requests and a limit of memory", () => {
                for (const { name, pod } of hub.workloads) {
                    expect(pod.priorityClassName, name).to.equal(priorityClass);
                    for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
                        const { requests, limits } = resourcesOf(container);
                        expect(requests, `${name} ${container.name}`).to.have.all.keys("cpu", "memory");
                        expect(limits, `${name} ${container.name}`).to.have.all.keys("memory");
                    }
                }
            });

            it("allows Argo CD to reach Redis through its proxy, and nothing else to reach Redis", () => {
                const proxy = hub.workload("argocd-redis-ha-haproxy");
                const redis = hub.workload("argocd-redis-ha-server");
                for (const client of clientsOfRedis) {
                    expect(reaches(hub.objects, hub.workload(client), proxy, 6379), client).to.equal(true);
                    expect(reaches(hub.objects, hub.workload(client), redis, 6379), client).to.equal(false);
                }
                for (const port of [6379, 26379]) {
                    expect(reaches(hub.objects, proxy, redis, port), `proxy to ${port}`).to.equal(true);
                    expect(reaches(hub.objects, redis, redis, port), `Redis to ${port}`).to.equal(true);
                }
            });

            it("gives the controller the fleet's numbers", () => {
                const scale = scaleOf(hub.settings);
                expect(hub.configMap("argocd-cmd-params-cm")).to.include({
                    "controller.status.processors": String(scale.statusProcessors),
                    "controller.operation.processors": String(scale.operationProcessors),
                    "controller.sharding.algorithm": scale.shardingAlgorithm,
                    "reposerver.parallelism.limit": String(scale.repoServerParallelism),
                    "redis.server": "argocd-redis-ha-haproxy:6379",
                });
                const [container] = hub.workload(controller).pod.containers as [Container & { env: unknown[] }];
                expect(container.env).to.deep.include.members([
                    { name: "ARGOCD_CONTROLLER_REPLICAS", value: String(Math.max(2, scale.shards)) },
                    { name: "ARGOCD_K8S_CLIENT_QPS", value: String(scale.clientQps) },
                    { name: "ARGOCD_K8S_CLIENT_BURST", value: String(scale.clientBurst) },
                    { name: "ARGOCD_CLUSTER_CACHE_RESYNC_DURATION", value: scale.clusterCacheResync },
                ]);
                expect(hub.configMap("argocd-cm")).to.include({
                    "timeout.reconciliation": scale.reconciliation,
                    "timeout.reconciliation.jitter": scale.reconciliationJitter,
                });
            });
        });

        it(`runs one of each with availability single and fleet ${fleet}`, async () => {
            const hub = await Rendered.from(chart, { availability: "single", fleet });
            for (const { name, replicas } of hub.workloads) {
                expect(replicas, name).to.equal(1);
            }
            for (const client of clientsOfRedis) {
                expect(reaches(hub.objects, hub.workload(client), hub.workload("argocd-redis"), 6379)).to.equal(true);
            }
        });
    }

    for (const [name, access] of Object.entries({ "a local admin": {}, "single sign-on": { oidc } })) {
        it(`contains no Secret with ${name}'s data, and denies ingress by default`, async () => {
            const { objects } = await Rendered.from(chart, { access });
            const secrets = objects.filter(({ kind }) => kind === "Secret");
            expect(secrets).to.deep.equal([]);
            expect(JSON.stringify(objects)).not.to.include(oidc.clientSecret);
            const denial = objects.find(({ metadata }) => metadata.name === "argocd-default-deny");
            expect(denial?.spec).to.deep.equal({ podSelector: {}, policyTypes: ["Ingress"] });
        });
    }

    it("leaves the tokens of notifications to the program's Secret, which only the controller may get", async () => {
        const hub = await Rendered.from(chart, notified);
        const { objects } = hub;
        expect(objects.filter(({ kind }) => kind === "Secret")).to.deep.equal([]);
        expect(JSON.stringify(objects)).not.to.include("hunter2");
        const [container] = hub.workload(notificationsController).pod.containers as [Container & { args: string[] }];
        expect(container.args).to.include(`--secret-name=${notificationsSecret}`);
        const role = objects.find(({ kind, metadata }) => kind === "Role" && metadata.name === notificationsController);
        expect(role).to.have.property("rules").that.deep.includes({
            apiGroups: [""],
            resources: ["secrets"],
            resourceNames: [notificationsSecret],
            verbs: ["get"],
        });
        const configured = objects.find(({ metadata }) => metadata.name === "argocd-notifications-cm")?.data ?? {};
        expect(configured).to.include.keys("service.slack", "trigger.on-deployed", "template.app-deployed");
        expect(parse(configured.context ?? "")).to.deep.equal({ argocdUrl: "https://argocd.example.com" });
        expect(parse(configured.subscriptions ?? "")).to.have.length(6);
    });

    it("has no controller for notifications without recipients, and no Role that lists Secrets for it", async () => {
        const { objects } = await Rendered.from(chart, {});
        expect(objects.filter(({ metadata }) => metadata.name === notificationsController)).to.deep.equal([]);
    });

    it("lets a repository decide no more than its chart: the keys reach Argo CD, and the variables their pods", async () => {
        const hub = await Rendered.from(chart, {});
        // The chart leaves out an empty text, with which Argo CD would allow http and https.
        expect(hub.configMap("argocd-cm")).to.include({ "helm.valuesFileSchemes": ",", "kustomize.enable": "false" });
        const submodules = { [repoServer]: "reposerver", "argocd-applicationset-controller": "applicationsetcontroller" };
        for (const [workload, prefix] of Object.entries(submodules)) {
            const key = `${prefix}.enable.git.submodule`;
            expect(hub.configMap("argocd-cmd-params-cm")).to.include({ [key]: "false" });
            const [{ env = [] } = {}] = hub.workload(workload).pod.containers as [Container?];
            const variable = env.find(({ name }) => name === "ARGOCD_GIT_MODULES_ENABLED");
            expect(JSON.stringify(variable), workload).to.include(`"${key}"`);
        }
        const [server] = hub.workload("argocd-server").pod.containers as [Container];
        expect(server.env).to.deep.include({ name: "ARGOCD_GIT_MODULES_ENABLED", value: "false" });
        const opened = await Rendered.from(chart, { otherSources: ["kustomize", "remoteValues", "submodules"] });
        expect(opened.configMap("argocd-cm")).not.to.have.any.keys("helm.valuesFileSchemes", "kustomize.enable");
    });

    it("omits by default what the program omits", async () => {
        const { configs } = await defaultValues(chart);
        expect(parse(configs.cm["resource.exclusions"] ?? "")).to.deep.equal(usualExclusions);
    });
});

function resourcesOf({ resources = {} }: Container) {
    return { requests: resources.requests ?? {}, limits: resources.limits ?? {} };
}
