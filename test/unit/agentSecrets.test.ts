import { expect } from "chai";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../lab/paths";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { all, encode, everything, mockPulumi, one, settled, unwrapSecret } from "./support/mocks";
import { registerClusters } from "./support/register";

const labels = { region: "eu-west-1" };
const ca = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const vault = { type: "vault", server: "https://vault.example.com:8200" };
const otherCluster = { server: "https://store.example.com", ca, token: "hunter2-of-the-store" };
const existing = { source: "existing" };

async function bringUp(environment: string, store: object, operator: object = existing, clusters = [environment]) {
    await mockPulumi();
    const spokes = clusters.map((name) => [name, { context: name, labels }]);
    registerClusters(environment, Object.fromEntries(spokes) as Record<string, unknown>, "files", {}, { secrets: { operator, store } });
    await settled();
}

/** The provider in a cluster's SecretStore. */
function storeOf(cluster: string): Record<string, unknown> {
    const { inputs } = one("kubernetes:external-secrets.io/v1:SecretStore", `${cluster}-secrets-store`);
    expect(inputs.metadata).to.deep.include({ name: "agent", namespace: "agent" });
    return (inputs.spec as { provider: Record<string, unknown> }).provider;
}

function annotationsOf(cluster: string): object {
    const { metadata } = one("kubernetes:core/v1:Secret", `${cluster}-cluster-secret`).inputs;
    return (metadata as { annotations: object }).annotations;
}

/** What is wrong with the secrets of an environment, each without the settings' prefix. */
function problemsOf(secrets: object, clusters: object = { prod: { context: "prod", labels } }): string[] {
    try {
        parseSettings({ role: "environment", environment: "prod", hub: { context: "hub" }, clusters, secrets });
    } catch (error) {
        return (error as Error).message.split("\n").slice(1).map((line) => line.trim().replace("hubspoke:secrets.", ""));
    }
    throw new Error("the settings were accepted");
}

describe("the agent's secrets", () => {
    it("in Vault have their own mount, role and auth mount for each environment", async () => {
        const seen: unknown[] = [];
        for (const environment of ["prod", "dr"]) {
            await bringUp(environment, { ...vault, ca });
            expect(storeOf(environment)).to.deep.equal({
                vault: {
                    server: vault.server,
                    path: `agent-${environment}`,
                    version: "v2",
                    caBundle: encode(ca),
                    auth: {
                        kubernetes: {
                            mountPath: `kubernetes-${environment}`,
                            role: `agent-${environment}`,
                            serviceAccountRef: { name: "agent-store", audiences: ["vault"] },
                        },
                    },
                },
            });
            seen.push(storeOf(environment));
        }
        expect(seen[0]).not.to.deep.equal(seen[1]);
    });

    it("in Vault are reached by each cluster of an environment through its own auth mount", async () => {
        await bringUp("prod", vault, existing, ["prod-eu", "prod-us"]);
        for (const cluster of ["prod-eu", "prod-us"]) {
            expect(storeOf(cluster)).to.have.nested.property("vault.auth.kubernetes.mountPath", `kubernetes-${cluster}`);
        }
    });

    it("in another namespace may be read only there, by the store's account", async () => {
        await bringUp("staging", { type: "kubernetes", namespace: "agent-store" });
        expect(storeOf("staging")).to.deep.equal({
            kubernetes: {
                remoteNamespace: "agent-store",
                server: {
                    url: "https://kubernetes.default.svc",
                    caProvider: { type: "ConfigMap", name: "kube-root-ca.crt", key: "ca.crt" },
                },
                auth: { serviceAccount: { name: "agent-store" } },
            },
        });
        const mark = { "hubspoke/stack": "organization/hubspoke/staging" };
        const where = { name: "agent-store", namespace: "agent-store", annotations: mark };
        const role = one("kubernetes:rbac.authorization.k8s.io/v1:Role", "staging-secrets-reader");
        expect(role.inputs).to.deep.include({
            metadata: where,
            rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get", "list", "watch"] }],
        });
        const binding = one("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "staging-secrets-reader-binding");
        expect(binding.inputs).to.deep.include({
            metadata: where,
            subjects: [{ kind: "ServiceAccount", name: "agent-store", namespace: "agent" }],
        });
    });

    it("on another cluster are reached by a token that stays secret", async () => {
        await bringUp("staging", { type: "kubernetes", namespace: "store", cluster: otherCluster });
        expect(storeOf("staging")).to.deep.equal({
            kubernetes: {
                remoteNamespace: "store",
                server: { url: otherCluster.server, caBundle: encode(ca) },
                auth: { token: { bearerToken: { name: "agent-store-token", key: "token" } } },
            },
        });
        const { inputs } = one("kubernetes:core/v1:Secret", "staging-secrets-token");
        expect(unwrapSecret(inputs.data)).to.deep.equal({ token: encode(otherCluster.token) });
        const plain = JSON.stringify(everything().filter(({ name }) => name !== "staging-secrets-token"));
        expect(plain).not.to.match(new RegExp(`${otherCluster.token}|${encode(otherCluster.token)}`));
    });

    const clouds: [store: object, provider: object, annotations: object][] = [
        [
            { type: "aws", region: "eu-west-1", roleArn: "arn:aws:iam::111122223333:role/agent-staging" },
            {
                aws: {
                    service: "SecretsManager",
                    region: "eu-west-1",
                    prefix: "agent-staging/",
                    auth: { jwt: { serviceAccountRef: { name: "agent-store" } } },
                },
            },
            { "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/agent-staging" },
        ],
        [
            { type: "gcp", project: "agent-staging", serviceAccount: "agent@agent-staging.iam.gserviceaccount.com" },
            {
                gcpsm: {
                    projectID: "agent-staging",
                    auth: { workloadIdentity: { serviceAccountRef: { name: "agent-store" } } },
                },
            },
            { "iam.gke.io/gcp-service-account": "agent@agent-staging.iam.gserviceaccount.com" },
        ],
        [
            {
                type: "azure",
                vaultUrl: "https://agent-staging.vault.azure.net",
                clientId: "11111111-2222-4333-8444-555555555555",
                tenantId: "99999999-2222-4333-8444-555555555555",
            },
            {
                azurekv: {
                    authType: "WorkloadIdentity",
                    vaultUrl: "https://agent-staging.vault.azure.net",
                    serviceAccountRef: { name: "agent-store" },
                },
            },
            {
                "azure.workload.identity/client-id": "11111111-2222-4333-8444-555555555555",
                "azure.workload.identity/tenant-id": "99999999-2222-4333-8444-555555555555",
            },
        ],
    ];
    for (const [store, provider, annotations] of clouds) {
        it(`in ${JSON.stringify(Object.keys(provider))} are read with the account's cloud identity`, async () => {
            await bringUp("staging", store);
            expect(storeOf("staging")).to.deep.equal(provider);
            const account = one("kubernetes:core/v1:ServiceAccount", "staging-secrets-account");
            expect(account.inputs).to.deep.include({
                metadata: {
                    name: "agent-store",
                    namespace: "agent",
                    annotations: { ...annotations, "hubspoke/stack": "organization/hubspoke/staging" },
                },
                automountServiceAccountToken: false,
            });
        });
    }

    it("come with an operator of the pinned version, unless one is installed", async () => {
        await bringUp("prod", vault, {});
        const release = one("kubernetes:helm.sh/v3:Release", "prod-secrets-operator");
        expect(release.provider).to.equal("prod");
        expect(release.inputs).to.deep.include({
            name: "external-secrets",
            namespace: "external-secrets",
            chart: "external-secrets",
            version: "0.18.2",
            repositoryOpts: { repo: "https://charts.external-secrets.io" },
        });
        expect(release.inputs.values).to.deep.include({
            crds: { annotations: { "helm.sh/resource-policy": "keep" } },
            processClusterStore: false,
        });
        await bringUp("prod", vault, existing);
        expect(all("kubernetes:helm.sh/v3:Release")).to.deep.equal([]);
    });

    it("make Argo CD read the cluster again, which may have the operator's kinds only now", async () => {
        await bringUp("prod", vault);
        const { rights } = one("pulumi-nodejs:dynamic/hubspoke:access", "prod-access").inputs;
        expect(rights).to.include("uid of prod-secrets-store");
    });

    it("are requested by the chart only on a cluster with a store", async () => {
        await bringUp("prod", vault);
        expect(annotationsOf("prod")).to.include({ "secret-store": "true" });
        await mockPulumi();
        registerClusters("prod", { prod: { context: "prod", labels } });
        await settled();
        expect(annotationsOf("prod")).not.to.have.any.keys("secret-store");
        expect(all("kubernetes:external-secrets.io/v1:SecretStore")).to.deep.equal([]);
    });
});

describe("settings of the agent's secrets", () => {
    const refused: [what: string, secrets: object, problem: RegExp][] = [
        ["no store", {}, /^store: is missing or unknown\. Write "vault", "kubernetes"/],
        ["an unknown store", { store: { type: "file" } }, /^store\.type: is missing or unknown\. Write "vault"/],
        ["a Vault without TLS", { store: { ...vault, server: "http://vault" } }, /^store\.server: .*not a valid HTTPS URL of a Vault server/],
        ["a mount with a slash at its end", { store: { ...vault, path: "agent/" } }, /^store\.path: is not a valid path in Vault/],
        ["two CAs", { store: { ...vault, ca, caProvider: { type: "ConfigMap", name: "ca" } } }, /^store\.caProvider: excludes ca/],
        [
            "another cluster without a token",
            { store: { type: "kubernetes", namespace: "store", cluster: { server: "https://s", ca } } },
            /^store\.cluster\.token: is missing or not text\. Set it with `pulumi config set --secret --path`/,
        ],
        ["a role that is none", { store: { type: "aws", region: "eu", roleArn: "admin" } }, /^store\.roleArn: is not a valid ARN of a role/],
        ["a chart for an operator that is there", { operator: { source: "existing", version: "0.18.2" }, store: vault }, /^operator: is already on the spokes/],
        ["a misspelled setting", { store: { ...vault, mount: "x" } }, /^store\.mount: is not a setting/],
    ];
    for (const [what, secrets, problem] of refused) {
        it(`refuse ${what}`, () => {
            const problems = problemsOf(secrets);
            expect(problems).to.have.length(1);
            expect(problems[0]).to.match(problem);
        });
    }

    it("refuse one auth mount for several clusters, because it knows only one", () => {
        const clusters = { prod: { context: "a", labels }, "prod-us": { context: "b", labels } };
        expect(problemsOf({ store: { ...vault, authMount: "kubernetes" } }, clusters)).to.deep.equal([
            "store.authMount: is for one cluster, and this environment has several. Remove it: the default is kubernetes-<cluster>",
        ]);
    });

    it("are those in docs/secrets.md", () => {
        const text = readFileSync(path.join(projectRoot, "docs", "secrets.md"), "utf8");
        const examples = [...text.matchAll(/```yaml\n(hubspoke:secrets:[^]*?)```/g)].map(([, yaml]) => {
            const { "hubspoke:secrets": secrets } = parse((yaml ?? "").replace("{ secure: … }", "hunter2")) as Record<string, unknown>;
            const clusters = { prod: { context: "prod", labels } };
            const given = { role: "environment", environment: "prod", hub: { context: "hub" }, clusters, secrets };
            return (parseSettings(given) as EnvironmentSettings).secrets?.store.type;
        });
        expect(examples.sort()).to.deep.equal(["aws", "azure", "gcp", "kubernetes", "kubernetes", "vault"]);
    });
});
