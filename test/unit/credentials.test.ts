import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { clusterConfig } from "../../components/account/clusterConfig";
import agentRules from "../../rules/agent.json";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import type { Impersonation } from "../../settings/impersonation";
import { hubApplications } from "./support/applications";
import { all, encode, everything, mockPulumi, one, settled, unwrapSecret, valueOf } from "./support/mocks";
import { registerClusters } from "./support/register";

const labels = { region: "eu-west-1" };
const subject = { kind: "Group", name: "argocd" };
const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

function environment(settings: object, more: object = {}): Record<string, unknown> {
    const clusters = { a: { context: "a", labels, ...settings } };
    return { role: "environment", environment: "prod", hub: { context: "hub" }, clusters, ...more };
}

/** The `config` document of a cluster with these settings, as Argo CD reads it. */
async function configOf(settings: object, more: object = {}): Promise<unknown> {
    const { clusters } = parseSettings(environment(settings, more)) as EnvironmentSettings;
    const { credentials, tls, proxyUrl } = clusters.a!;
    const token = credentials.type === "token" ? pulumi.secret("a token") : undefined;
    const config = clusterConfig({ credentials, environment: "prod", tls, proxyUrl, token, ca: pulumi.output("the spoke's CA") });
    return JSON.parse(await valueOf(pulumi.jsonStringify(config)));
}

const tlsClientConfig = { insecure: false, caData: encode("the spoke's CA") };
const apiVersion = "client.authentication.k8s.io/v1beta1";

const configs: { name: string; settings: object; more?: object; config: object }[] = [
    { name: "a token, by default", settings: {}, config: { bearerToken: "a token", tlsClientConfig } },
    {
        name: "an identity of AWS",
        settings: {
            credentials: { type: "aws", clusterName: "prod-eu", roleArn: "arn:aws:iam::111122223333:role/argocd", subject },
        },
        config: {
            awsAuthConfig: { clusterName: "prod-eu", roleARN: "arn:aws:iam::111122223333:role/argocd" },
            tlsClientConfig,
        },
    },
    {
        name: "an identity of AWS without a role of its own",
        settings: { credentials: { type: "aws", clusterName: "prod-eu", subject } },
        config: { awsAuthConfig: { clusterName: "prod-eu" }, tlsClientConfig },
    },
    {
        name: "an identity of Google Cloud",
        settings: { credentials: { type: "gcp", subject } },
        config: { execProviderConfig: { command: "argocd-k8s-auth", args: ["gcp"], apiVersion }, tlsClientConfig },
    },
    {
        name: "an identity of Azure",
        settings: {
            credentials: {
                type: "azure",
                clientId: "11111111-2222-4333-8444-555555555555",
                tenantId: "99999999-2222-4333-8444-555555555555",
                subject,
            },
        },
        config: {
            execProviderConfig: {
                command: "argocd-k8s-auth",
                args: ["azure"],
                env: {
                    AAD_ENVIRONMENT_NAME: "AzurePublicCloud",
                    AAD_LOGIN_METHOD: "workloadidentity",
                    AZURE_CLIENT_ID: "11111111-2222-4333-8444-555555555555",
                    AZURE_TENANT_ID: "99999999-2222-4333-8444-555555555555",
                },
                apiVersion,
            },
            tlsClientConfig,
        },
    },
    {
        name: "a command",
        settings: {
            credentials: { type: "exec", command: "vault-k8s", args: ["login"], env: { A: "b" }, installHint: "ask", subject },
        },
        config: {
            execProviderConfig: { command: "vault-k8s", args: ["login"], env: { A: "b" }, apiVersion, installHint: "ask" },
            tlsClientConfig,
        },
    },
    {
        name: "a CA that is given, another name in the certificate, and a proxy",
        settings: { tls: { ca: pem, serverName: "api.example.com" }, proxyUrl: "http://proxy.example.com:3128" },
        config: {
            bearerToken: "a token",
            tlsClientConfig: { insecure: false, serverName: "api.example.com", caData: encode(pem) },
            proxyUrl: "http://proxy.example.com:3128",
        },
    },
    {
        name: "no verification, where no production is",
        settings: { tls: { insecureSkipTlsVerify: true } },
        more: { environment: "staging" },
        config: { bearerToken: "a token", tlsClientConfig: { insecure: true } },
    },
];

describe("Argo CD's configuration of a spoke", () => {
    for (const { name, settings, more, config } of configs) {
        it(`is exactly this for ${name}`, async () => {
            expect(await configOf(settings, more)).to.deep.equal(config);
        });
    }

    const refused: { name: string; settings: object; more?: object; error: RegExp }[] = [
        { name: "an unknown type", settings: { credentials: { type: "x509" } }, error: /a\.credentials\.type: is unknown/ },
        {
            name: "a client certificate",
            settings: { credentials: { certData: "x" } },
            error: /a\.credentials\.certData: is not a setting/,
        },
        {
            name: "a token in the settings",
            settings: { credentials: { type: "token", bearerToken: "hunter2" } },
            error: /a\.credentials\.bearerToken: is not a setting/,
        },
        {
            name: "a cloud's identity that is bound to nobody",
            settings: { credentials: { type: "gcp" } },
            error: /a\.credentials\.subject: is missing/,
        },
        {
            name: "a role that is no ARN",
            settings: { credentials: { type: "aws", clusterName: "a", roleArn: "admin", subject } },
            error: /a\.credentials\.roleArn: is not a valid ARN/,
        },
        {
            name: "the retirement of the token in use",
            settings: { credentials: { generation: 2, retired: 2 } },
            error: /a\.credentials\.retired: retires generation 2, which is in use\. Write at most 1/,
        },
        {
            name: "three tokens at once",
            settings: { credentials: { generation: 3 } },
            error: /a\.credentials\.retired: asks for 3 tokens.*Write 1, or 2 for no overlap/,
        },
        {
            name: "no verification in production",
            settings: { tls: { insecureSkipTlsVerify: true } },
            error: /a\.tls\.insecureSkipTlsVerify: sends Argo CD's token to any server that answers/,
        },
        {
            name: "no verification in an environment labelled as production",
            settings: { tls: { insecureSkipTlsVerify: true } },
            more: { environment: "staging", production: true },
            error: /a\.tls\.insecureSkipTlsVerify: sends Argo CD's token/,
        },
        {
            name: "a CA beside no verification",
            settings: { tls: { insecureSkipTlsVerify: true, ca: pem } },
            more: { production: false },
            error: /a\.tls\.insecureSkipTlsVerify: turns off verification/,
        },
        {
            name: "a private key among the certificates",
            settings: { tls: { ca: `${pem}-----BEGIN PRIVATE KEY-----` } },
            error: /a\.tls\.ca: contains a private key/,
        },
        {
            name: "a proxy with a password",
            settings: { proxyUrl: "http://me:hunter2@proxy.example.com" },
            error: /a\.proxyUrl: contains a credential/,
        },
        {
            name: "the whole cluster without a word",
            settings: { permissions: { scope: "cluster" } },
            error: /a\.permissions\.scope: is "cluster", which needs/,
        },
        {
            name: "an admin of namespaces",
            settings: { permissions: { admin: true } },
            error: /a\.permissions\.admin: needs scope: cluster/,
        },
        {
            name: "a wildcard among the kinds",
            settings: { permissions: { scope: "cluster", kinds: [{ apiGroup: "", resources: ["*"] }] } },
            error: /a\.permissions\.kinds\.0\.resources\.0: .*without wildcards/,
        },
    ];
    for (const { name, settings, more, error } of refused) {
        it(`is refused for ${name}`, () => {
            expect(() => parseSettings(environment(settings, more)))
                .to.throw(error)
                .and.not.match(/hunter2/);
        });
    }
});

async function register(settings: object): Promise<void> {
    await mockPulumi();
    registerClusters("prod", { a: { context: "a", labels, ...settings } });
    await settled();
}

const rbac = "kubernetes:rbac.authorization.k8s.io/v1";

describe("a spoke", () => {
    it("has both tokens during a rotation, and gives the hub the new one", async () => {
        await register({ credentials: { generation: 2 } });
        const tokens = all("kubernetes:core/v1:Secret").filter(({ provider }) => provider === "a");
        expect(tokens.map(({ name }) => name).sort()).to.deep.equal(["a-manager-token-1", "a-manager-token-2"]);
        const { data } = one("kubernetes:core/v1:Secret", "a-cluster-secret").inputs;
        const { config } = unwrapSecret(data) as Record<string, string>;
        const { bearerToken } = JSON.parse(Buffer.from(config!, "base64").toString()) as { bearerToken: string };
        expect(bearerToken).to.equal("mock-token of a-manager-token-2");
    });

    it("has only the new token after the old one is retired", async () => {
        await register({ credentials: { generation: 2, retired: 1 } });
        const tokens = all("kubernetes:core/v1:Secret").filter(({ provider }) => provider === "a");
        expect(tokens.map(({ name }) => name)).to.deep.equal(["a-manager-token-2"]);
    });

    it("has no account and no token if Argo CD has a cloud identity", async () => {
        await register({ credentials: { type: "gcp", subject } });
        expect(all("kubernetes:core/v1:ServiceAccount")).to.be.empty;
        expect(everything().filter(({ name }) => name.includes("token"))).to.be.empty;
        expect(one(`${rbac}:RoleBinding`, "a-manager-agent-binding-gcp").inputs.subjects).to.deep.equal([
            { ...subject, apiGroup: "rbac.authorization.k8s.io" },
        ]);
        const { data } = one("kubernetes:core/v1:Secret", "a-cluster-secret").inputs;
        const { config } = unwrapSecret(data) as Record<string, string>;
        expect(JSON.parse(Buffer.from(config!, "base64").toString())).to.have.deep.property("tlsClientConfig", {
            insecure: false,
            caData: encode("published-ca"),
        });
    });

    it("gives rights on the whole cluster to the listed kinds alone, and the chart's in its namespace", async () => {
        await register({ permissions: { scope: "cluster", kinds: [{ apiGroup: "batch", resources: ["cronjobs"] }] } });
        expect(all(`${rbac}:Role`).map(({ name, inputs }) => [name, inputs.rules])).to.deep.equal([
            ["a-manager-agent-role", agentRules],
        ]);
        const { rules } = one(`${rbac}:ClusterRole`, "a-manager-role").inputs;
        const verbs = ["get", "list", "watch", "create", "update", "patch", "delete"];
        expect(rules).to.deep.equal([{ apiGroups: ["batch"], resources: ["cronjobs"], verbs }]);
        const secret = one("kubernetes:core/v1:Secret", "a-cluster-secret");
        expect(unwrapSecret(secret.inputs.data)).to.include({
            namespaces: encode("agent"),
            clusterResources: encode("true"),
        });
    });

    it("lets Argo CD manage other namespaces only if they are listed", async () => {
        await register({ permissions: { scope: "cluster", admin: true, namespaces: ["shop", "web"] } });
        const secret = one("kubernetes:core/v1:Secret", "a-cluster-secret");
        expect(unwrapSecret(secret.inputs.data)).to.include({ namespaces: encode("agent,shop,web") });
    });

    it("makes Argo CD an admin only by that name", async () => {
        await register({ permissions: { scope: "cluster", admin: true, namespaces: ["shop"] } });
        expect(all(`${rbac}:Role`)).to.be.empty;
        expect(all(`${rbac}:ClusterRole`)).to.be.empty;
        expect(one(`${rbac}:ClusterRoleBinding`, "a-manager-binding").inputs.roleRef).to.deep.include({
            kind: "ClusterRole",
            name: "cluster-admin",
        });
    });
});

describe("a change of a spoke's credential", () => {
    const group = (name: string) => ({ subject: { kind: "Group", name } });
    const kinds = [
        { type: "token" },
        { type: "federated" },
        { type: "aws", clusterName: "a", ...group("of-aws") },
        { type: "gcp", ...group("of-gcp") },
        { type: "azure", ...group("of-azure") },
        { type: "exec", command: "cat", ...group("of-a-command") },
    ];
    const rights: Readonly<Record<string, { settings: object; impersonation: Impersonation }>> = {
        "rights in a namespace, and accounts for syncs": { settings: {}, impersonation: "prepared" },
        "all rights": { settings: { permissions: { scope: "cluster", admin: true } }, impersonation: "off" },
    };

    /** Subjects of each binding on the spoke, by its name in the state and by its place on the cluster. */
    async function bound(credentials: object, { settings, impersonation }: (typeof rights)[string]) {
        await mockPulumi();
        const clusters = { a: { context: "a", labels, credentials, ...settings } };
        registerClusters("prod", clusters, "files", {}, {}, {}, hubApplications(), impersonation);
        await settled();
        const bindings = [...all(`${rbac}:RoleBinding`), ...all(`${rbac}:ClusterRoleBinding`)];
        return new Map(
            bindings.filter(({ provider }) => provider === "a").flatMap(({ type, name, inputs }) => {
                const { name: made, namespace } = inputs.metadata as { name: string; namespace?: string };
                return [name, `${type} ${namespace}/${made}`].map((key) => [key, JSON.stringify(inputs.subjects)] as const);
            }),
        );
    }

    for (const [what, given] of Object.entries(rights)) {
        it(`takes no binding from the one before, which goes at the end of the run: ${what}`, async () => {
            const found = new Map<string, Map<string, string>>();
            for (const credentials of kinds) {
                found.set(credentials.type, await bound(credentials, given));
            }
            for (const [before, held] of found) {
                expect(held.size, before).to.be.greaterThan(0);
                for (const [after, next] of found) {
                    const taken = [...held].filter(([key, subjects]) => (next.get(key) ?? subjects) !== subjects);
                    expect(taken, `${before} to ${after}`).to.deep.equal([]);
                }
            }
        });
    }
});
