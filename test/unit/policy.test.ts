import { expect } from "chai";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import { version } from "../../package.json";
import { projectRoot } from "../../lab/paths";
import { violations } from "../../policy/check";
import { version as packVersion } from "../../policy/package.json";
import { unrendered } from "../../policy/rendered";
import type { Subject } from "../../policy/rule";
import { rules } from "../../policy/rules";
import committed from "../../policy/settings.json";
import { parsePolicySettings } from "../../policy/settings";
import { bringUpHub } from "./support/hub";
import { encode, mockPulumi, settled } from "./support/mocks";
import { argoCd, hubValues, judge, judgeRecorded } from "./support/policy";
import { registerClusters } from "./support/register";
import { committedStacks } from "./support/stackFiles";

const secret = "kubernetes:core/v1:Secret";
const release = "kubernetes:helm.sh/v3:Release";
const configMap = "kubernetes:core/v1:ConfigMap";
const deployment = "kubernetes:apps/v1:Deployment";
const binding = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding";
const clusterRole = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole";
const appProject = "kubernetes:argoproj.io/v1alpha1:AppProject";

type Props = Record<string, unknown>;

/** Registration of a cluster, good but for what is given. */
function registration({ labels = {}, annotations = {}, insecure = false, namespaces = "agent" }: {
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    insecure?: boolean;
    namespaces?: string;
}): Props {
    const own = { environment: "prod", region: "eu", deploy: "true", "argocd.argoproj.io/secret-type": "cluster" };
    return {
        metadata: { labels: { ...own, ...labels }, annotations },
        data: {
            config: encode(JSON.stringify({ tlsClientConfig: { insecure } })),
            namespaces: encode(namespaces),
            project: encode("agent"),
        },
    };
}

function project(spec: Props): Props {
    const good = {
        sourceRepos: ["https://git.example.com/agent.git"],
        destinations: [{ server: "*", namespace: "agent" }],
    };
    return { spec: { ...good, ...spec } };
}

function pods(image: string): Props {
    return { spec: { template: { spec: { containers: [{ name: "agent", image }] } } } };
}

const kinds = [{ apiGroup: "apps", resources: ["deployments"] }];
const jwt = `eyJhbGciOiJSUzI1NiJ9.${"a".repeat(20)}.${"b".repeat(20)}`;
const since = (time: string) => ({ annotations: { "hubspoke/credential-since": time } });

/** By rule: what it is about, a resource that breaks it, what it says of that, and one that does not. */
const cases: [rule: string, what: string, type: string, bad: Props, says: RegExp, good: Props][] = [
    ["tls-verified", "a cluster", secret, registration({ insecure: true }), /any server that answers/, registration({})],
    [
        "not-cluster-admin",
        "a binding",
        binding,
        { roleRef: { name: "cluster-admin" } },
        /binds cluster-admin/,
        { roleRef: { name: "argocd-manager" } },
    ],
    [
        "not-cluster-admin",
        "a role",
        clusterRole,
        { rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] },
        /like cluster-admin/,
        { rules: [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["*"] }] },
    ],
    ["no-plain-secret", "a ConfigMap", configMap, { data: { dbPassword: "x" } }, /data.dbPassword/, { data: { level: "info" } }],
    ["no-plain-secret", "a token", deployment, { env: [{ value: jwt }] }, /env.0.value contains a token/, { env: [] }],
    [
        "no-plain-secret",
        "values",
        release,
        argoCd({ ...hubValues({}), configs: { oidc: { clientSecret: "abc" } } }),
        /values.configs.oidc.clientSecret/,
        argoCd({ ...hubValues({}), configs: { oidc: { clientSecret: "$argocd-oidc:clientSecret" } } }),
    ],
    [
        "no-plain-secret",
        "a URL",
        "hubspoke:index:Spoke",
        { proxy: "http://me:pass@proxy:3128" },
        /URL with a password/,
        { proxy: "http://proxy:3128" },
    ],
    [
        "hub-available",
        "replicas",
        release,
        argoCd(hubValues({ availability: "single" })),
        /has 1 of server, but must have 2/,
        argoCd(hubValues({})),
    ],
    [
        "hub-available",
        "Redis",
        release,
        argoCd({ ...hubValues({}), "redis-ha": { enabled: false } }),
        /one Redis/,
        argoCd(hubValues({ fleet: "large" })),
    ],
    ["images-pinned", "an untagged image", deployment, pods("ghcr.io/a/b"), /neither tag nor digest/, pods("ghcr.io/a/b:1.2")],
    ["images-pinned", "latest", deployment, pods("localhost:5000/b:latest"), /tag latest/, pods("localhost:5000/b:1.2")],
    [
        "images-pinned",
        "an image in values",
        release,
        argoCd({ ...hubValues({}), global: { image: { repository: "a/b", tag: "latest" } } }),
        /values.global.image follows the tag latest/,
        argoCd({ ...hubValues({}), global: { image: { repository: "a/b", tag: "latest", digest: "sha256:1" } } }),
    ],
    ["images-pinned", "a chart", release, { ...argoCd(hubValues({})), version: "10.x" }, /exact version/, argoCd(hubValues({}))],
    ["project-narrow", "repositories", appProject, project({ sourceRepos: ["https://git/*"] }), /repositories/, project({})],
    [
        "project-narrow",
        "namespaces",
        appProject,
        project({ destinations: [{ server: "https://a", namespace: "*" }] }),
        /namespaces/,
        project({ destinations: [{ server: "https://a", namespace: "agent" }] }),
    ],
    [
        "project-narrow",
        "namespace of Argo CD",
        appProject,
        project({ destinations: [{ server: "*", namespace: "argocd" }] }),
        /place objects in argocd/,
        project({}),
    ],
    [
        "project-narrow",
        "denial",
        appProject,
        project({ destinations: [{ server: "*", namespace: "!argocd" }] }),
        /denies a destination, and so permits all others/,
        project({}),
    ],
    [
        "project-narrow",
        "lock of the default project",
        `${appProject}Patch`,
        { metadata: { name: "default" }, spec: { sourceRepos: ["*"], destinations: [{ server: "*", namespace: "*" }] } },
        /allows namespaces by a wildcard/,
        { metadata: { name: "default" }, spec: { sourceRepos: [], destinations: [] } },
    ],
    [
        "cluster-namespaces",
        "list of no namespace",
        secret,
        registration({ namespaces: "" }),
        /lists no namespace, and for Argo CD that means all/,
        registration({ namespaces: "agent,shop" }),
    ],
    [
        "cluster-namespaces",
        "list with Argo CD's namespace",
        secret,
        registration({ namespaces: "agent,argocd" }),
        /place objects in argocd/,
        registration({}),
    ],
    [
        "hub-narrow",
        "value of the chart",
        release,
        argoCd({ ...hubValues({}), createClusterRoles: true }),
        /all rights on the hub, by createClusterRoles/,
        argoCd(hubValues({ permissions: { scope: "cluster", kinds, namespaces: ["shop"] } })),
    ],
    [
        "hub-narrow",
        "binding in the chart",
        binding,
        { metadata: { labels: { "app.kubernetes.io/part-of": "argocd" } }, roleRef: { name: "argocd-server" } },
        /a component of Argo CD rights on the whole hub/,
        { metadata: { labels: {} }, roleRef: { name: "external-dns" } },
    ],
    [
        "hub-narrow",
        "repo server in the chart",
        deployment,
        { metadata: { name: "argocd-repo-server" }, spec: { template: { spec: {} } } },
        /mounts a token of the hub into the repo server/,
        {
            metadata: { name: "argocd-repo-server" },
            spec: { template: { spec: { automountServiceAccountToken: false } } },
        },
    ],
    [
        "releases-seen",
        "release that cannot be rendered",
        unrendered,
        { reason: "helm is not on PATH" },
        /cannot be looked into: helm is not on PATH\. Install Helm/,
        argoCd(hubValues({})),
    ],
    [
        "token-age",
        "a token",
        secret,
        registration(since("2025-06-01T00:00:00Z")),
        /token that is 245 days old, and the limit is 90/,
        registration(since("2026-01-15T00:00:00Z")),
    ],
    ["cluster-labels", "a region", secret, registration({ labels: { region: "" } }), /no label region/, registration({})],
];

describe("policy", () => {
    for (const [rule, what, type, bad, says, good] of cases) {
        it(`${rule} refuses an invalid ${what}, and accepts a valid one`, () => {
            const found = judge([{ type, name: "it", props: bad }]).filter((violation) => violation.rule === rule);
            expect(found.map(({ message }) => message).join("\n")).to.match(says);
            expect(judge([{ type: type === unrendered ? release : type, name: "it", props: good }])).to.deep.equal([]);
        });
    }

    it("has a case for every rule", () => {
        expect([...new Set(cases.map(([rule]) => rule))].sort()).to.deep.equal(rules.map(({ name }) => name).sort());
    });

    it("default-project-locked refuses a hub that leaves the AppProject default open", async () => {
        const labels = { region: "eu" };
        await bringUpHub({ labels, defaultProject: "unmanaged" });
        expect(judgeRecorded().map(({ rule, message }) => [rule, message])).to.deep.equal([
            ["default-project-locked", "leaves the AppProject default as it is, which allows everything. Remove " +
                "defaultProject: unmanaged"],
        ]);
        await bringUpHub({ labels });
        expect(judgeRecorded()).to.deep.equal([]);
        // An adopted Argo CD can have Applications of others in it.
        const adoption = { namespace: { labels: {}, annotations: {} }, release: true, keptSecrets: [] };
        await bringUpHub({ labels, defaultProject: "unmanaged", adoptedRelease: "argo-cd" }, undefined, { adoption });
        expect(judgeRecorded()).to.deep.equal([]);
    });

    it("no-plain-secret requires the secret mark on a Secret's data, if the mark is visible", () => {
        const subject: Subject = { type: secret, name: "it", props: { data: { password: "eA==" } } };
        expect(judge([subject])).to.deep.equal([]);
        expect(judge([{ ...subject, isSecret: () => true }])).to.deep.equal([]);
        expect(judge([{ ...subject, isSecret: () => false }]).map(({ message }) => message)).to.deep.equal([
            "data.password is not marked as a secret, and is in the state in plain text",
        ]);
    });

    it("checks the known values in a preview with unknown ones", () => {
        const props = { data: { token: jwt } };
        Object.defineProperty(props.data, "later", {
            enumerable: true,
            get: () => {
                throw new Error("string value at .data.later can't be known during preview");
            },
        });
        expect(judge([{ type: configMap, name: "it", props }])).to.have.length(1);
    });
});

describe("policy over the committed stacks, under mocks", () => {
    for (const { stack, settings } of committedStacks()) {
        it(`finds nothing in ${stack}`, async () => {
            const { role, environment, clusters } = settings;
            if (role === "hub") {
                await bringUpHub(settings);
            } else {
                await mockPulumi();
                registerClusters(String(environment), clusters as Record<string, unknown>);
                await settled();
            }
            expect(judgeRecorded()).to.deep.equal([]);
        });
    }

    it("finds a cluster whose certificate is not verified, and one where Argo CD is cluster-admin", async () => {
        await mockPulumi();
        registerClusters("staging", {
            open: { context: "open", labels: { region: "eu" }, tls: { insecureSkipTlsVerify: true } },
            admin: { context: "admin", labels: { region: "eu" }, permissions: { scope: "cluster", admin: true } },
        });
        await settled();
        expect(judgeRecorded().map(({ rule, resource }) => [rule, resource])).to.deep.equal([
            ["tls-verified", "open-cluster-secret"],
            ["not-cluster-admin", "admin-manager-binding"],
        ]);
    });

    it("finds nothing in a kubeconfig and a repository's key that are marked as secrets", async () => {
        const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----\n";
        const url = "git@github.com:a/b.git";
        await bringUpHub({ labels: { region: "eu" }, repositories: { agent: { url, sshKey: key } } });
        expect(judgeRecorded()).to.deep.equal([]);
    });

    it("finds nothing wrong with the agent's values", () => {
        for (const file of ["values.yaml", "values-staging.yaml", "values-prod.yaml", "values-dr.yaml"]) {
            const [values] = parseAllDocuments(readFileSync(path.join(projectRoot, "helm", file), "utf8"));
            const props = { values: values?.toJS() as unknown };
            expect(judge([{ type: release, name: file, props }]), file).to.deep.equal([]);
        }
    });
});

describe("the policies' settings", () => {
    it("choose a level, and disable a rule", () => {
        const bad = { type: binding, name: "it", props: { roleRef: { name: "cluster-admin" } } };
        const levels = (enforcementLevel: string) =>
            violations([bad], parsePolicySettings({ ...committed, "not-cluster-admin": { enforcementLevel } }), 0);
        expect(levels("advisory").map(({ level }) => level)).to.deep.equal(["advisory"]);
        expect(levels("disabled")).to.deep.equal([]);
    });

    it("report all their errors together", () => {
        const bad = { ...committed, "tls-verified": { enforcementLevel: "off" }, "no-such": {} };
        expect(() => parsePolicySettings(bad)).to.throw(
            /tls-verified.enforcementLevel: must be "advisory", "mandatory" or "disabled".*; no-such: is not a rule/,
        );
        const less = Object.fromEntries(Object.entries(committed).filter(([rule]) => rule !== "token-age"));
        expect(() => parsePolicySettings(less)).to.throw(/token-age/);
    });

    it("belong to a pack of the program's own version", () => {
        expect(packVersion).to.equal(version);
    });
});
