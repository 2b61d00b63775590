import { expect } from "chai";
import { leaves, refusedValues } from "../../components/argoCd/chartValues";
import { argoCdValues, ownValues } from "../../components/argoCd/values";
import { checkChartValues } from "../../preflight/chartValues";
import { admits } from "../../preflight/nodes";
import { documentedSettings } from "./support/documented";
import { failure } from "./support/failure";
import { bringUpHub, hubSettings } from "./support/hub";
import { encode, mockPulumi, one, unwrapSecret } from "./support/mocks";
import { judgeRecorded } from "./support/policy";
import { told } from "./support/told";

// A chart of one's own has no image of the program's choice.
const valuesOf = (more: object) =>
    argoCdValues({ settings: hubSettings({ chart: { path: "./chart" }, ...more }), serviceMonitors: false });

describe("what Argo CD's pods need", () => {
    it("changes nothing where the settings say nothing", () => {
        const { global } = valuesOf({}) as { global: object };
        expect(global).to.have.all.keys(
            "affinity", "deploymentStrategy", "domain", "networkPolicy", "priorityClassName", "topologySpreadConstraints",
        );
    });

    it("reaches Argo CD, Redis and its proxy: images, places and priority", () => {
        const images = { argoCd: "r.example/argocd", redis: "r.example/redis", haproxy: "r.example/haproxy" };
        const nodeSelector = { pool: "platform" };
        const tolerations = [{ key: "dedicated", value: "argocd", effect: "NoSchedule" }];
        const pods = { images, nodeSelector, tolerations, priorityClass: "platform", pullSecrets: ["registry"] };
        const values = valuesOf({ pods });
        const place = {
            imagePullSecrets: [{ name: "registry" }],
            nodeSelector,
            tolerations: [{ ...tolerations[0], operator: "Equal" }],
            priorityClassName: "platform",
        };
        expect(values.global).to.deep.include({ ...place, image: { repository: images.argoCd } });
        expect(values["redis-ha"]).to.deep.include({ ...place, image: { repository: images.redis } });
        expect(values).to.have.deep.nested.property("redis-ha.haproxy.image", { repository: images.haproxy });
        expect(values).to.have.nested.property("redis-ha.haproxy.priorityClassName", "platform");
        expect(values).to.have.deep.nested.property("redis-ha.haproxy.imagePullSecrets", place.imagePullSecrets);
        expect(values).to.have.deep.nested.property("redis.image", { repository: images.redis });
        expect(valuesOf({ pods, availability: "single" })).not.to.have.any.keys("redis-ha");
    });

    it("keeps the logins for registries in a Secret that is there before the pods, and out of the values", async () => {
        const registries = { "registry.example.com": { username: "hub", password: "hunter2" } };
        await bringUpHub({ pods: { registries } });
        const { inputs } = one("kubernetes:core/v1:Secret", "argocd-registries");
        expect(inputs.type).to.equal("kubernetes.io/dockerconfigjson");
        const login = { ...registries["registry.example.com"], auth: encode("hub:hunter2") };
        expect(unwrapSecret(inputs.data)).to.deep.equal({
            ".dockerconfigjson": encode(JSON.stringify({ auths: { "registry.example.com": login } })),
        });
        const { values } = one("kubernetes:helm.sh/v3:Release", "argocd-release").inputs;
        expect(values).to.have.deep.nested.property("global.imagePullSecrets", [{ name: "argocd-registries" }]);
        expect(JSON.stringify(values)).not.to.match(/hunter2|aHVi/);
    });

    it("goes by the proxy to the outside, and not to what is inside the hub", () => {
        const proxy = { url: "http://proxy.example.com:3128", noProxy: [".internal.example.com"] };
        const { env } = valuesOf({ pods: { proxy, env: { AWS_REGION: "eu-west-1" } } }).global as {
            env: { name: string; value: string }[];
        };
        const named = Object.fromEntries(env.map(({ name, value }) => [name, value]));
        expect(named).to.deep.include({
            HTTPS_PROXY: proxy.url, https_proxy: proxy.url, HTTP_PROXY: proxy.url, http_proxy: proxy.url,
            AWS_REGION: "eu-west-1",
        });
        expect(named.no_proxy).to.equal(named.NO_PROXY);
        expect(named.NO_PROXY?.split(",")).to.include.members([
            ".svc", ".cluster.local", "$(KUBERNETES_SERVICE_HOST)", "argocd-repo-server", "169.254.0.0/16",
            ".internal.example.com",
        ]);
    });

    it("keeps variables that are secrets in a Secret that is there before the pods, and out of the values", async () => {
        await bringUpHub({ pods: { env: { AWS_REGION: "eu" }, secretEnv: { HELM_TOKEN: "hunter2" } } });
        const { inputs } = one("kubernetes:core/v1:Secret", "argocd-env");
        expect(inputs.metadata).to.deep.include({ name: "argocd-env", namespace: "argocd" });
        expect(unwrapSecret(inputs.data)).to.deep.equal({ HELM_TOKEN: encode("hunter2") });
        const { values } = one("kubernetes:helm.sh/v3:Release", "argocd-release").inputs;
        expect(values).to.have.deep.nested.property("global.env", [
            { name: "AWS_REGION", value: "eu" },
            { name: "HELM_TOKEN", valueFrom: { secretKeyRef: { name: "argocd-env", key: "HELM_TOKEN" } } },
        ]);
        expect(JSON.stringify(values)).not.to.include("hunter2");
    });

    it("has no credential among the variables in plain text, here and for external-dns", () => {
        const pods = (env: object) => ({ pods: { env } });
        const dns = (env: object) => ({ traffic: { active: "prod", externalDns: { mode: "install", provider: "aws", env } } });
        for (const [of, at] of [[pods, "pods.env"], [dns, "traffic.externalDns.env"]] as const) {
            for (const name of ["CF_API_TOKEN", "AWS_SECRET_ACCESS_KEY", "password", "PDNS_API_KEY", "GITHUB_APIKEY"]) {
                expect(() => hubSettings(of({ [name]: "hunter2" })), name).to.throw(
                    new RegExp(`hubspoke:${at}\\.${name}: has the name of a credential.*Move it to secretEnv`),
                );
            }
            expect(() => hubSettings(of({ INDEX: "https://me:hunter2@pypi.example.com" }))).to.throw(/has a URL with a user/);
            const path = "/var/run/secrets/token";
            for (const [name, value] of Object.entries({ AWS_WEB_IDENTITY_TOKEN_FILE: path, VAULT_TOKEN: path, MONKEY: "a" })) {
                hubSettings(of({ [name]: value }));
            }
        }
        expect(() => hubSettings({ pods: { env: { A: "a" }, secretEnv: { A: "b" } } })).to.throw(/pods\.env\.A: is in secretEnv too/);
    });

    it("trusts the authorities of Git servers that the settings name", () => {
        const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
        const values = valuesOf({ gitCertificates: { "git.example.com": certificate } });
        expect(values).to.have.deep.nested.property("configs.tls.certificates", { "git.example.com": certificate });
    });

    const wrong: [object, RegExp][] = [
        [{ pods: { images: { argoCd: "r.example/argocd:v3" } } }, /pods\.images\.argoCd: is not an image without a tag/],
        [{ pods: { env: { HTTPS_PROXY: "x" } } }, /pods\.env\.HTTPS_PROXY: belongs to pods\.proxy/],
        [{ pods: { env: { "A-B": "x" } } }, /pods\.env\.A-B: is not the name of a variable/],
        [{ pods: { proxy: { url: "http://me:pass@proxy:3128" } } }, /pods\.proxy\.url: contains a credential/],
        [{ pods: { proxy: {} } }, /pods\.proxy\.url: /],
        [{ pods: { tolerations: [{ effect: "Never" }] } }, /pods\.tolerations\.0\.effect: must be "NoSchedule"/],
        [{ gitCertificates: { "https://git": "x" } }, /gitCertificates\.https:\/\/git: is not a valid DNS name/],
        [{ chart: { values: [] } }, /chart\.values: must be a map/],
    ];
    for (const [given, message] of wrong) {
        it(`is refused: ${JSON.stringify(given)}`, () => {
            expect(() => hubSettings(given)).to.throw(message);
        });
    }

    const place = { nodeSelector: {}, tolerations: [] };
    const taint = { key: "dedicated", value: "argocd", effect: "NoSchedule" };
    const tolerating = (toleration: object) => hubSettings({ pods: { tolerations: [toleration] } }).pods;
    const nodes: [string, object, Parameters<typeof admits>[1], boolean][] = [
        ["a plain node", {}, place, true],
        ["a cordoned node", { spec: { unschedulable: true } }, place, false],
        ["a tainted node", { spec: { taints: [taint] } }, place, false],
        ["a node that prefers others", { spec: { taints: [{ ...taint, effect: "PreferNoSchedule" }] } }, place, true],
        ["a tolerated taint", { spec: { taints: [taint] } }, tolerating({ key: "dedicated", value: "argocd" }), true],
        ["any value of a taint", { spec: { taints: [taint] } }, tolerating({ key: "dedicated", operator: "Exists" }), true],
        ["another value", { spec: { taints: [taint] } }, tolerating({ key: "dedicated", value: "db" }), false],
        ["another key", { spec: { taints: [taint] } }, tolerating({ key: "pool", operator: "Exists" }), false],
        ["any taint", { spec: { taints: [taint] } }, tolerating({ operator: "Exists" }), true],
        ["a taint without a value", { spec: { taints: [{ ...taint, value: undefined }] } }, tolerating({ key: "dedicated" }), true],
        ["another effect", { spec: { taints: [taint] } }, tolerating({ operator: "Exists", effect: "NoExecute" }), false],
        ["a node with the label", { metadata: { labels: { pool: "a" } } }, { ...place, nodeSelector: { pool: "a" } }, true],
        ["a node without it", {}, { ...place, nodeSelector: { pool: "a" } }, false],
    ];
    for (const [name, node, placement, admitted] of nodes) {
        it(`counts nodes for availability: ha: ${name} is ${admitted ? "one" : "none"}`, () => {
            expect(admits(node, placement)).to.equal(admitted);
        });
    }
});

describe("other values of Argo CD's chart", () => {
    const own = ownValues({ settings: hubSettings(), serviceMonitors: false });
    const refusals = (values: object) => refusedValues(own, values as Record<string, unknown>);

    it("are merged last, and their flags and variables join the program's", () => {
        const values = valuesOf({
            chart: {
                values: {
                    server: { service: { type: "LoadBalancer" } },
                    controller: { env: [{ name: "GOGC", value: "50" }], extraArgs: ["--loglevel=debug"] },
                    configs: { cm: { "kustomize.buildOptions": "--enable-helm" } },
                },
            },
        }) as { controller: { env: { name: string }[]; extraArgs: string[] } };
        expect(values).to.have.nested.property("server.service.type", "LoadBalancer");
        expect(values).to.have.nested.property("configs.cm.kustomize\\.buildOptions", "--enable-helm");
        expect(values.controller.env.map(({ name }) => name)).to.include.members(["ARGOCD_K8S_CLIENT_QPS", "GOGC"]);
        expect(values.controller.extraArgs).to.deep.equal([
            "--metrics-cluster-labels=environment,region,hubspoke/cluster",
            "--loglevel=debug",
        ]);
    });

    const allowed = {
        server: { service: { type: "LoadBalancer" }, podAnnotations: { a: "b" }, volumes: [{ name: "ca" }] },
        global: { podLabels: { team: "platform" }, logging: { level: "debug" }, extraVolumes: [{ name: "ca" }] },
        repoServer: { extraArgs: ["--parallelismlimit=5"], env: [{ name: "GOGC", value: "50" }], initContainers: [] },
        configs: { cm: { "statusbadge.enabled": true }, params: { "server.log.level": "debug" } },
        openshift: { enabled: true },
        "redis-ha": { exporter: { enabled: true } },
    };
    for (const [name, values] of Object.entries(allowed)) {
        it(`are free where they undo nothing: ${name}`, () => {
            expect(refusals({ [name]: values })).to.deep.equal([]);
        });
    }

    /** By guarantee: values that would undo it. */
    const undoing: [string, object[]][] = [
        [
            "high availability",
            [
                { controller: { replicas: 1 } },
                { server: { autoscaling: { minReplicas: 1 } } },
                { repoServer: { pdb: { enabled: false } } },
                { global: { affinity: { podAntiAffinity: "none" } } },
                { server: { affinity: { podAntiAffinity: "none" } } },
                { applicationSet: { topologySpreadConstraints: [] } },
                { global: { deploymentStrategy: { type: "Recreate" } } },
                { controller: { dynamicClusterDistribution: true } },
                { "redis-ha": { enabled: false } },
                { "redis-ha": { hardAntiAffinity: false } },
                { "redis-ha": { replicas: 1 } },
                { "redis-ha": { haproxy: { replicas: 1 } } },
                { server: { priorityClassName: "low" } },
            ],
        ],
        [
            "network policies",
            [
                { global: { networkPolicy: { defaultDenyIngress: false } } },
                { global: { networkPolicy: false } },
                { "redis-ha": { networkPolicy: { enabled: false } } },
                { "redis-ha": { haproxy: { networkPolicy: { enabled: false } } } },
                { server: { hostNetwork: true } },
                { extraObjects: [{ kind: "NetworkPolicy" }] },
            ],
        ],
        [
            "RBAC",
            [
                { createAggregateRoles: true },
                { controller: { clusterRoleRules: { enabled: true } } },
                { configs: { cm: { "resource.respectRBAC": "" } } },
                { configs: { rbac: { "policy.default": "role:admin" } } },
                { configs: { params: { "application.namespaces": "*" } } },
                { applicationSet: { allowAnyNamespace: true } },
                { server: { extraArgs: ["--application-namespaces", "*"] } },
            ],
        ],
        [
            "log-in",
            [
                { configs: { cm: { "admin.enabled": true } } },
                { configs: { cm: { "users.anonymous.enabled": true } } },
                { configs: { cm: { "accounts.ci": "apiKey" } } },
                { configs: { cm: { "exec.enabled": true } } },
                { configs: { params: { "server.disable.auth": true } } },
                { server: { extraArgs: ["--disable-auth"] } },
                { server: { extraArgs: ["--insecure=true"] } },
                { server: { env: [{ name: "ARGOCD_SERVER_DISABLE_AUTH", value: "true" }] } },
                { dex: { enabled: true } },
            ],
        ],
        [
            "Redis's password, and secrets",
            [
                { "redis-ha": { auth: false } },
                { redisSecretInit: { enabled: true } },
                { externalRedis: { host: "redis" } },
                { configs: { secret: { createSecret: true } } },
                { configs: { clusterCredentials: { dr: "x" } } },
            ],
        ],
        [
            "CRDs, names and other settings",
            [
                { crds: { keep: false } },
                { fullnameOverride: "argo" },
                { controller: { name: "main" } },
                { global: { domain: "other.example.com" } },
                { global: { env: [{ name: "A", value: "b" }] } },
                { controller: { env: [{ name: "ARGOCD_K8S_CLIENT_QPS", value: "1" }] } },
                { controller: { extraArgs: ["--metrics-cluster-labels=a"] } },
                { controller: { resources: { requests: { cpu: "1m" } } } },
                { server: { ingress: { enabled: true } } },
                { configs: { ssh: { extraHosts: "x" } } },
                { controller: null },
                { controller: "none" },
            ],
        ],
    ];
    for (const [guarantee, cases] of undoing) {
        for (const values of cases) {
            it(`are refused where they would undo ${guarantee}: ${JSON.stringify(values)}`, () => {
                const problems = refusals(values);
                expect(problems).to.have.length(leaves(values).length);
                for (const problem of problems) {
                    expect(problem).to.match(/^hubspoke:chart\.values\.[\w.-]+: .+\. Remove it/s);
                }
            });
        }
    }

    it("are refused before anything is made, all at once, and a guarded variable with them", async () => {
        await mockPulumi();
        const chart = { values: { controller: { replicas: 1 }, server: { hostNetwork: true } } };
        const settings = hubSettings({ chart, pods: { env: { ARGOCD_SERVER_DISABLE_AUTH: "true" } } });
        const message = await failure(checkChartValues(settings));
        const lines = message.split("\n  ");
        expect(lines).to.have.length(3);
        expect(lines[0]).to.include("hubspoke:chart.values.controller.replicas: it belongs to the high availability");
        expect(lines[1]).to.include("hubspoke:chart.values.server.hostNetwork");
        expect(lines[2]).to.include("hubspoke:pods.env.ARGOCD_SERVER_DISABLE_AUTH");
    });

    it("are refused with a secret, which the state would hold as plain text", async () => {
        await mockPulumi();
        const settings = hubSettings({ chart: { values: { server: { podAnnotations: { key: "hunter2" } } } } });
        process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(["hubspoke:chart"]);
        try {
            const message = await failure(checkChartValues(settings));
            expect(message).to.equal(
                "hubspoke:chart.values: contains a secret, and the values of a chart are plain text in the state. Make a Secret " +
                    "in another way, and refer to it",
            );
            await checkChartValues(hubSettings());
        } finally {
            delete process.env.PULUMI_CONFIG_SECRET_KEYS;
        }
        await checkChartValues(settings);
    });

    it("are listed by their paths in the preview, in order, and nothing without them", async () => {
        const chart = { values: { server: { podAnnotations: { key: "hunter2" } }, controller: { podAnnotations: { a: "1" } } } };
        expect(await told(() => checkChartValues(hubSettings({ chart })))).to.deep.equal([
            "info: hubspoke:chart.values: sets these values of Argo CD's chart: controller.podAnnotations.a, server.podAnnotations.key",
        ]);
        expect(await told(() => checkChartValues(hubSettings()))).to.deep.equal([]);
    });

    it("are seen by the policies like the program's own", async () => {
        const labels = { region: "eu-west-1" };
        const values = { notifications: { image: { repository: "r.example/argocd", tag: "latest" } } };
        await bringUpHub({ labels, chart: { values } });
        expect(judgeRecorded().map(({ rule, message }) => `${rule}: ${message}`)).to.deep.equal([
            "images-pinned: values.notifications.image follows the tag latest. Write a version, or a digest",
        ]);
        await bringUpHub({ labels, chart: { values: { notifications: { image: { tag: "v3.4.4" } } } } });
        expect(judgeRecorded()).to.deep.equal([]);
    });

    it("are, in the examples of docs/pods.md, settings that the program accepts", async () => {
        const documented = documentedSettings("pods.md");
        expect(documented.length).to.be.greaterThan(3);
        for (const example of documented) {
            await mockPulumi();
            await checkChartValues(hubSettings(example));
        }
    });
});
