import { expect } from "chai";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { argoCdValues } from "../../components/argoCd/values";
import { solverPolicy } from "../../components/argoCd/certManager";
import { egressPolicies } from "../../components/argoCd/egress";
import { priorityClass } from "../../components/argoCd/availability";
import { usualExclusions } from "../../components/argoCd/exclusions";
import { notificationsSecret } from "../../components/argoCd/notifications";
import { scaleOf } from "../../components/argoCd/scale";
import { parseSettings } from "../../settings";
import type { HubSettings } from "../../settings/hub";
import { documentedSettings } from "../unit/support/documented";
import { everyService } from "../unit/support/notifications";
import { awayInRollout, type Container, type KubeObject, reaches, type Workload, workloads } from "./support/objects";
import { argoCdCharts, type Chart, defaultValues, render } from "./support/render";

/** Fixed at one replica by the chart's templates. */
const alone = "argocd-notifications-controller";

const controller = "argocd-application-controller";
const repoServer = "argocd-repo-server";
const clientsOfRedis = [controller, "argocd-server", "argocd-repo-server"];
const notified = { alerts: { notifications: everyService } };
const oidc = { issuer: "https://login.example.com", clientId: "argocd", clientSecret: "hunter2" };

function settingsOf(more: Record<string, unknown>): HubSettings {
    const agent = { repository: "https://git.example.com/agent.git" };
    return parseSettings({
        role: "hub", cluster: { context: "hub" }, domain: "example.com", agent, ...more,
    }) as HubSettings;
}

/** One hub, rendered with the real chart. */
class Rendered {
    private constructor(
        readonly settings: HubSettings,
        readonly objects: readonly KubeObject[],
        readonly workloads: readonly Workload[],
    ) {}

    static async from(chart: Chart, more: Record<string, unknown>): Promise<Rendered> {
        const settings = settingsOf(more);
        const objects = await render(chart, argoCdValues({ settings, serviceMonitors: false }));
        return new Rendered(settings, objects, workloads(objects));
    }

    workload(name: string): Workload {
        const found = this.workloads.find((workload) => workload.name === name);
        if (found === undefined) {
            throw new Error(`no workload ${name}; there are: ${this.workloads.map((each) => each.name).join(", ")}`);
        }
        return found;
    }

    configMap(name: string): Readonly<Record<string, string>> {
        return this.objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === name)?.data ?? {};
    }
}

const testChart = (chart: Chart) => describe(`the real chart ${chart.name}`, function () {
    this.timeout(60_000);

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
                replicated = hub.workloads.filter(({ name }) => name !== alone);
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
                    [alone]: 1,
                });
            });

            it("allows a drain to evict one pod of each at a time, and never the last one", () => {
                for (const { name, replicas, drainable } of replicated) {
                    expect(drainable, name).to.equal(1);
                    expect(replicas, name).to.be.greaterThan(1);
                }
                expect(hub.workload(alone).drainable, "a budget would block every drain").to.equal(undefined);
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
        const [container] = hub.workload(alone).pod.containers as [Container & { args: string[] }];
        expect(container.args).to.include(`--secret-name=${notificationsSecret}`);
        const role = objects.find(({ kind, metadata }) => kind === "Role" && metadata.name === alone);
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
        expect(objects.filter(({ metadata }) => metadata.name === alone)).to.deep.equal([]);
    });

    it("gives people access by an Ingress with the hub's certificate, and by no other way", async () => {
        const { objects } = await Rendered.from(chart, { ingress: { kind: "ingress", class: "nginx" } });
        const ingress = objects.filter(({ kind }) => kind === "Ingress" || kind === "HTTPRoute");
        expect(ingress.map(({ spec }) => spec)).to.deep.equal([
            {
                ingressClassName: "nginx",
                rules: [{ host: "argocd.example.com", http: { paths: [path(80)] } }],
                tls: [{ hosts: ["argocd.example.com"], secretName: "argocd-server-tls" }],
            },
        ]);
        const ended = await Rendered.from(chart, {
            certificates: { issuer: "none" },
            ingress: { kind: "ingress", class: "alb" },
        });
        expect(ended.objects.find(({ kind }) => kind === "Ingress")?.spec).not.to.have.property("tls");
    });

    it("gives people access by an HTTPRoute of the program's Gateway", async () => {
        const { objects } = await Rendered.from(chart, { ingress: { kind: "gateway", class: "envoy" } });
        const routes = objects.filter(({ kind }) => kind === "Ingress" || kind === "HTTPRoute");
        expect(routes).to.have.length(1);
        expect(routes[0]?.spec).to.deep.include({
            parentRefs: [{ name: "argocd", sectionName: "https" }],
            hostnames: ["argocd.example.com"],
        });
    });

    for (const availability of ["ha", "single"]) {
        it(`gives every pod what docs/pods.md asks for: ${availability}`, async () => {
            const examples = documentedSettings("pods.md");
            const pods = Object.assign({}, ...examples.map(({ pods }) => pods)) as HubSettings["pods"];
            const { gitCertificates } = Object.assign({}, ...examples) as HubSettings;
            const hub = await Rendered.from(chart, { pods, gitCertificates, availability, ...notified });
            for (const { name, pod } of hub.workloads) {
                const containers = [...pod.containers, ...(pod.initContainers ?? [])];
                for (const { image } of containers) {
                    expect(image, name).to.match(/^registry\.example\.com\/.+:.+$/);
                }
                expect(pod.nodeSelector, name).to.include({ pool: "platform" });
                expect(pod.tolerations, name).to.deep.equal([
                    { key: "dedicated", operator: "Equal", value: "argocd", effect: "NoSchedule" },
                ]);
                expect(pod.priorityClassName, name).to.equal("platform");
                const ofAccount = hub.objects.find(
                    ({ kind, metadata }) => kind === "ServiceAccount" && metadata.name === pod.serviceAccountName,
                )?.imagePullSecrets;
                expect(pod.imagePullSecrets ?? ofAccount, name).to.deep.equal([{ name: "registry" }]);
            }
            for (const name of [...clientsOfRedis, "argocd-applicationset-controller", alone]) {
                const [{ env = [] }] = hub.workload(name).pod.containers as [Container];
                const value = (variable: string) => env.find((entry) => entry.name === variable)?.value;
                expect(value("HTTPS_PROXY"), name).to.equal("http://proxy.example.com:3128");
                expect(value("NO_PROXY")?.split(","), name).to.include.members([".svc", "10.0.0.0/8"]);
                expect(value("AWS_REGION"), name).to.equal("eu-west-1");
            }
            expect(hub.configMap("argocd-tls-certs-cm")).to.deep.equal({ ...gitCertificates });
        });
    }

    it("takes the other values in docs/pods.md", async () => {
        const { chart: given } = documentedSettings("pods.md").at(-1) as Pick<HubSettings, "chart">;
        const hub = await Rendered.from(chart, { chart: { values: given.values } });
        const service = hub.objects.find(({ kind, metadata }) => kind === "Service" && metadata.name === "argocd-server");
        expect(service?.spec).to.include({ type: "LoadBalancer" });
        expect(hub.configMap("argocd-cm")).to.include({ "kustomize.buildOptions": "--enable-helm" });
    });

    it("gives tokens for spokes to what connects to them, and to no other pod", async () => {
        const { workloads } = await Rendered.from(chart, { federation: { audiences: ["prod"], lifetime: "10m" } });
        const holders = workloads.filter(({ pod }) => pod.volumes?.some(({ name }) => name === "spoke-tokens"));
        expect(holders.map(({ name }) => name)).to.have.members([controller, "argocd-server"]);
        for (const { pod } of holders) {
            const sources = [{ serviceAccountToken: { audience: "prod", expirationSeconds: 600, path: "prod" } }];
            expect(pod.volumes?.find(({ name }) => name === "spoke-tokens")?.projected).to.deep.equal({ sources });
            const [{ volumeMounts = [], env = [] } = {}] = pod.containers;
            const folder = volumeMounts.find(({ name }) => name === "spoke-tokens")?.mountPath;
            expect(env).to.deep.include({ name: "HUBSPOKE_TOKENS", value: folder });
        }
    });

    for (const { identity } of documentedSettings("security.md").filter(({ identity }) => identity !== undefined)) {
        it(`gives Argo CD the identity of docs/security.md: ${JSON.stringify(identity)}`, async () => {
            const { settings, objects, workloads } = await Rendered.from(chart, { identity });
            const { aws, gcp, azure } = settings.identity;
            const annotations = {
                ...(aws && { "eks.amazonaws.com/role-arn": aws.roleArn }),
                ...(gcp && { "iam.gke.io/gcp-service-account": gcp.serviceAccount }),
                ...(azure && {
                    "azure.workload.identity/client-id": azure.clientId,
                    "azure.workload.identity/tenant-id": azure.tenantId,
                }),
            };
            const accounts = objects.filter(({ kind, metadata }) => kind === "ServiceAccount" && metadata.annotations);
            expect(accounts.map(({ metadata }) => metadata)).to.have.length(2);
            for (const name of [controller, "argocd-server"]) {
                const found = accounts.find(({ metadata }) => metadata.name === name);
                expect(found?.metadata.annotations, name).to.deep.equal(annotations);
                expect(workloads.find((workload) => workload.name === name)?.pod.serviceAccountName).to.equal(name);
            }
            const labelled = workloads.filter(({ labels }) => labels["azure.workload.identity/use"] === "true");
            const expected = azure ? [controller, "argocd-server"] : [];
            expect(labelled.map(({ name }) => name)).to.have.members(expected);
        });
    }

    it("lets an Ingress controller reach the solver of HTTP-01 on its port, and no other pod or port", async () => {
        const rendered = await Rendered.from(chart, {});
        const { objects } = rendered;
        const policy = { kind: "NetworkPolicy", ...solverPolicy("argocd") } as unknown as KubeObject;
        const solver = solverPod({ "acme.cert-manager.io/http01-solver": "true" });
        const outsider = solverPod({ "app.kubernetes.io/name": "ingress-nginx" });
        const redis = rendered.workload("argocd-redis-ha-server");
        expect(reaches(objects, outsider, solver, 8089), "denied by default").to.equal(false);
        const allowed = [...objects, policy];
        expect(reaches(allowed, outsider, solver, 8089)).to.equal(true);
        expect(reaches(allowed, outsider, solver, 8090)).to.equal(false);
        expect(reaches(allowed, outsider, redis, 8089)).to.equal(false);
    });

    it("has the pods for which there are limits of outgoing connections, and no other Argo CD's", async () => {
        const { objects, workloads } = await Rendered.from(chart, notified);
        const egress = settingsOf({ egress: { hub: [{ cidr: "10.0.0.0/8" }], git: [{ cidr: "10.0.0.0/8" }] } }).egress!;
        const policies = egressPolicies("argocd", egress).map((policy) => policy.spec.podSelector.matchLabels);
        const selected = policies.map((wanted) =>
            workloads.filter(({ labels }) => Object.entries(wanted).every(([key, value]) => labels[key] === value)),
        );
        const limited = selected.flatMap((found) => found.map(({ name }) => name));
        const limitedByChart = objects
            .filter(({ kind, spec }) => kind === "NetworkPolicy" && "egress" in spec)
            .map(({ metadata }) => metadata.name);
        expect(limitedByChart).to.have.members(["argocd-redis-ha-haproxy-network-policy", "argocd-redis-ha-network-policy"]);
        const others = workloads.map(({ name }) => name).filter((name) => !name.startsWith("argocd-redis-ha-"));
        expect(limited.sort()).to.deep.equal(others.sort());
    });

    it("speaks TLS to the proxies of Redis, by the name of their certificate, if the settings say so", async () => {
        const hub = await Rendered.from(chart, { redisTls: true });
        expect(hub.configMap("argocd-cmd-params-cm")).to.include({ "redis.server": "argocd-redis-ha-haproxy:6379" });
        const bind = /bind \[::\]:6379 ssl crt \/tmp\/tls-combined\.pem/;
        expect(hub.configMap("argocd-redis-ha-configmap")["haproxy.cfg"]).to.match(bind);
        const proxy = JSON.stringify(hub.workload("argocd-redis-ha-haproxy").pod);
        expect(proxy).to.include('{"name":"pemfile","secret":{"secretName":"argocd-redis-tls"}}');
        for (const client of clientsOfRedis) {
            const text = JSON.stringify(hub.workload(client).pod);
            expect(text, client).to.include('"--redis-use-tls","--redis-ca-certificate=/app/config/redis-tls/ca.crt"');
            expect(text, client).to.include('"mountPath":"/app/config/redis-tls"');
        }
    });

    it("puts the keys that sign commits where the repo server reads them, and restarts it for new ones", async () => {
        const key = readFileSync(resolve(__dirname, "../fixtures/keys/ed25519.asc"), "utf8");
        const signed = await Rendered.from(chart, { sourceIntegrity: { keys: [key] } });
        expect(signed.configMap("argocd-gpg-keys-cm")).to.deep.equal({ "6864335B9C1D55B4": key });
        const template = JSON.stringify(signed.workload("argocd-repo-server").spec.template);
        expect(template).to.include('"configMap":{"name":"argocd-gpg-keys-cm"}').and.include("hubspoke/signing-keys");
    });

    it("omits by default what the program omits", async () => {
        const { configs } = await defaultValues(chart);
        expect(parse(configs.cm["resource.exclusions"] ?? "")).to.deep.equal(usualExclusions);
    });
});

argoCdCharts().forEach(testChart);

/** A pod with these labels, of which only its network policies count. */
function solverPod(labels: Record<string, string>): Workload {
    return { name: "", kind: "Pod", replicas: 1, spec: {}, labels, pod: { containers: [] }, drainable: undefined };
}

function path(port: number) {
    return { path: "/", pathType: "Prefix", backend: { service: { name: "argocd-server", port: { number: port } } } };
}

function resourcesOf({ resources = {} }: Container) {
    return { requests: resources.requests ?? {}, limits: resources.limits ?? {} };
}
