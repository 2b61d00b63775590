import { expect } from "chai";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { findCluster } from "../../clusters/kubeconfig";
import { federationValues } from "../../components/argoCd/federation";
import { refusedValues } from "../../components/argoCd/chartValues";
import { argoCdValues } from "../../components/argoCd/values";
import { type Answer, type Asked, fakeApiServer, type FakeApiServer } from "../../lab/test/support/fakeApiServer";
import { checkFederation, howToTrust, refuseMissingAudiences } from "../../preflight/federation";
import { hubTokens } from "../../preflight/hubTokens";
import { credentialKinds } from "../../preflight/credentialKinds";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import type { HubOutputs } from "../../components/hubOutputs";
import { failure } from "./support/failure";
import { hubSettings } from "./support/hub";
import { all, everything, mockPulumi, one, settled, unwrapSecret } from "./support/mocks";
import { registerClusters } from "./support/register";
import { registration } from "./support/registration";

const labels = { region: "eu-west-1" };
const federated = { type: "federated" };
const rbac = "kubernetes:rbac.authorization.k8s.io/v1:";
const accounts = ["argocd-application-controller", "argocd-server"];

async function register(settings: object = {}, credentials: object = federated) {
    await mockPulumi();
    registerClusters("prod", { "prod-eu": { context: "a", labels, credentials, ...settings } });
    await settled();
}

/** The command by which Argo CD gets its token, from the cluster Secret. */
function execOfSecret(): { command: string; args: string[]; apiVersion: string } {
    const secret = one("kubernetes:core/v1:Secret", "prod-eu-cluster-secret");
    const { config = "" } = unwrapSecret(secret.inputs.data) as Record<string, string>;
    const parsed = JSON.parse(Buffer.from(config, "base64").toString("utf8")) as Record<string, never>;
    expect(parsed).to.have.all.keys("execProviderConfig", "tlsClientConfig");
    return parsed.execProviderConfig as never;
}

describe("a spoke that trusts the hub's issuer", () => {
    it("gets a Role and a binding to Argo CD's two accounts, and no account, token or random name", async () => {
        await register();
        const made = everything().filter(({ provider }) => provider === "prod-eu").map(({ type, name }) => `${type} ${name}`);
        expect(made.filter((one) => one.includes("manager"))).to.have.members([
            `${rbac}Role prod-eu-manager-agent-role`,
            `${rbac}RoleBinding prod-eu-manager-agent-binding-federated`,
            "kubernetes:core/v1:ConfigMap prod-eu-manager-ca",
        ]);
        expect(all("random:index/randomString:RandomString")).to.deep.equal([]);
        const { inputs } = one(`${rbac}RoleBinding`, "prod-eu-manager-agent-binding-federated");
        expect(inputs.subjects).to.deep.equal(
            accounts.map((account) => {
                const name = `hub:system:serviceaccount:argocd:${account}`;
                return { kind: "User", name, apiGroup: "rbac.authorization.k8s.io" };
            }),
        );
        expect((inputs.metadata as { name: string }).name).to.equal("argocd-manager-federated");
    });

    it("binds the same with the rights of the whole cluster, and by another prefix", async () => {
        await register({ permissions: { scope: "cluster", admin: true } }, { ...federated, usernamePrefix: "aks:jwt:hub:" });
        const { inputs } = one(`${rbac}ClusterRoleBinding`, "prod-eu-manager-binding-federated");
        const [subject] = inputs.subjects as { name: string }[];
        expect(subject?.name).to.equal("aks:jwt:hub:system:serviceaccount:argocd:argocd-application-controller");
    });

    it("is proven with tokens that the hub makes, and the state names no token", async () => {
        await register();
        const { inputs } = one("pulumi-nodejs:dynamic/hubspoke:access", "prod-eu-access");
        expect(inputs).to.deep.include({ federated: { namespace: "argocd", audience: "prod" }, hub: { context: "hub" } });
        expect(inputs).not.to.have.property("token");
        const { inputs: secret } = one("kubernetes:core/v1:Secret", "prod-eu-cluster-secret");
        const { annotations } = secret.metadata as { annotations: object };
        expect(Object.keys(annotations).filter((name) => name.includes("credential"))).to.deep.equal([]);
        expect(annotations).to.include({ "hubspoke/audience": "prod" });
    });

    it("hands the token over that the kubelet keeps in a file, with an end that is near", async () => {
        await register({}, { ...federated, audience: "prod-eu.example.com" });
        const { command, args, apiVersion } = execOfSecret();
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tokens-"));
        const run = async () => {
            const env = { PATH: process.env.PATH, HUBSPOKE_TOKENS: folder };
            const { stdout } = await promisify(execFile)(command, args, { env });
            return JSON.parse(stdout) as { status: { token: string; expirationTimestamp: string } };
        };
        try {
            expect(await failure(run())).to.include("prod-eu.example.com");
            fs.writeFileSync(path.join(folder, "prod-eu.example.com"), "a.b.c");
            const { status, ...kind } = await run();
            expect(kind).to.deep.equal({ apiVersion, kind: "ExecCredential" });
            expect(status.token).to.equal("a.b.c");
            expect(status.expirationTimestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
            expect(Date.parse(status.expirationTimestamp)).to.be.greaterThan(Date.now());
        } finally {
            fs.rmSync(folder, { recursive: true });
        }
    });

    const refused: [name: string, credentials: object, error: RegExp][] = [
        ["a prefix of the cluster's own accounts", { ...federated, usernamePrefix: "system:" }, /usernamePrefix: begins with "system:"/],
        ["no prefix", { ...federated, usernamePrefix: "" }, /usernamePrefix: the prefix of the users' names is empty/],
        ["an audience that is no file's name", { ...federated, audience: "../prod" }, /audience: an audience|audience: is not a valid DNS name/],
    ];
    for (const [name, credentials, error] of refused) {
        it(`is refused with ${name}`, () => {
            const clusters = { a: { context: "a", labels, credentials } };
            const given = { role: "environment", environment: "prod", hub: { context: "hub" }, clusters };
            expect(() => parseSettings(given)).to.throw(error);
        });
    }
});

describe("the hub of such a spoke", () => {
    const settings = hubSettings({ federation: { audiences: ["staging", "prod"], lifetime: "10m" } });

    it("gives a token for each audience to what connects to spokes, and to nothing else", () => {
        const volume = {
            name: "spoke-tokens",
            projected: {
                sources: ["staging", "prod"].map((audience) => {
                    return { serviceAccountToken: { audience, expirationSeconds: 600, path: audience } };
                }),
            },
        };
        const component = {
            env: [{ name: "HUBSPOKE_TOKENS", value: "/var/run/secrets/hubspoke" }],
            volumes: [volume],
            volumeMounts: [{ name: "spoke-tokens", mountPath: "/var/run/secrets/hubspoke", readOnly: true }],
        };
        expect(federationValues(settings.federation)).to.deep.equal({ controller: component, server: component });
        expect(federationValues(undefined)).to.deep.equal({});
    });

    it("keeps the volumes of others, and guards its own variable", () => {
        const own = argoCdValues({ settings, serviceMonitors: false });
        const volumes = { controller: { volumes: [{ name: "mine", emptyDir: {} }] } };
        expect(refusedValues(own, volumes)).to.deep.equal([]);
        const chart = { ...settings.chart, values: volumes };
        const together = argoCdValues({ settings: { ...settings, chart }, serviceMonitors: false });
        const names = (together.controller as { volumes: { name: string }[] }).volumes.map(({ name }) => name);
        expect(names).to.deep.equal(["spoke-tokens", "mine"]);
        const [variable] = refusedValues(own, { server: { env: [{ name: "HUBSPOKE_TOKENS", value: "/tmp" }] } });
        expect(variable).to.match(/^hubspoke:chart\.values\.server\.env: HUBSPOKE_TOKENS would undo a guarantee/);
    });

    it("keeps the audiences that its clusters need", () => {
        const existing = [
            registration({ cluster: "prod-eu", annotations: { "hubspoke/audience": "prod" } }),
            registration({ cluster: "staging", annotations: {} }),
        ];
        refuseMissingAudiences(settings, existing);
        for (const federation of [undefined, { audiences: ["staging"], lifetime: "1h" }]) {
            expect(() => refuseMissingAudiences({ federation }, existing)).to.throw(
                "hubspoke:federation.audiences: lacks prod (prod-eu): Argo CD would lose these clusters.",
            );
        }
    });

    const refused: [name: string, federation: object, error: RegExp][] = [
        ["no audience", { audiences: [] }, /federation\.audiences: names no audience/],
        ["an audience twice", { audiences: ["prod", "prod"] }, /federation\.audiences: names an audience twice/],
        ["a life that Kubernetes refuses", { audiences: ["prod"], lifetime: "9m" }, /federation\.lifetime: is shorter than Kubernetes allows/],
    ];
    for (const [name, federation, error] of refused) {
        it(`is refused with ${name}`, () => {
            expect(() => hubSettings({ federation })).to.throw(error);
        });
    }
});

const issuer = "https://hub.example.test";
const jwt = `h.${Buffer.from(JSON.stringify({ iss: issuer })).toString("base64url")}.s`;

describe("the check of a spoke that is to trust the hub's issuer", () => {
    const servers: FakeApiServer[] = [];
    afterEach(async () => {
        await Promise.all(servers.splice(0).map((server) => server.close()));
    });

    async function server(answer: (asked: Asked) => Answer | undefined): Promise<FakeApiServer> {
        const made = await fakeApiServer(answer);
        servers.push(made);
        return made;
    }

    /** Checks a spoke with the answers of the two, and returns what was asked of the hub and of the spoke. */
    async function check(
        ofSpoke: (asked: Asked) => Answer | undefined,
        { mayRequest = true, audiences = ["staging"] as string[] | null, clusters: count = 1 } = {},
    ) {
        const asked: string[] = [];
        const hub = await server(({ method, path: at, body }) => {
            const { spec } = JSON.parse(body) as { spec: { audiences: string[] } };
            asked.push(`hub ${method} ${at} ${spec.audiences.join(" ")}`);
            const status = { token: jwt, expirationTimestamp: "2026-01-01T00:10:00Z" };
            return mayRequest ? { code: 201, status } : { code: 403 };
        });
        const spoke = await server((one) => {
            asked.push(`spoke ${one.method} ${one.path}`);
            return ofSpoke(one);
        });
        const tls = { insecureSkipTlsVerify: true };
        const cluster = { kubeconfig: spoke.kubeconfig, labels, tls, credentials: federated };
        const given = { role: "environment", environment: "staging", hub: { context: "hub" }, clusters: { a: cluster } };
        const { clusters } = parseSettings(given) as EnvironmentSettings;
        const user = await findCluster("clusters.a", { kubeconfig: spoke.kubeconfig });
        const outputs = { audiences: audiences ?? undefined, argoCdNamespace: "argocd" } as HubOutputs;
        const tokens = hubTokens(await findCluster("hub", { kubeconfig: hub.kubeconfig }), "argocd");
        const checked = { settings: clusters.a!, server: spoke.url, user, environment: "staging" };
        for (let cluster = 0; cluster < count; cluster++) {
            await checkFederation(checked, tokens, outputs);
        }
        return asked;
    }

    const named = (prefix: string) => {
        let turn = 0;
        return () => {
            const username = `${prefix}system:serviceaccount:argocd:${accounts[turn++ % 2]}`;
            return { code: 201, status: { userInfo: { username } } };
        };
    };
    const reviews = "POST /apis/authentication.k8s.io/v1/selfsubjectreviews";

    it("asks it with a token of each account, and passes if it gives them their names", async () => {
        expect(await check(named("hub:"))).to.deep.equal(
            accounts.flatMap((account) => [
                `hub POST /api/v1/namespaces/argocd/serviceaccounts/${account}/token staging`,
                `spoke ${reviews}`,
            ]),
        );
    });

    it("asks the hub once for each token, however many clusters there are", async () => {
        const asked = await check(named("hub:"), { clusters: 5 });
        expect(asked.filter((one) => one.startsWith("hub "))).to.have.length(accounts.length);
        expect(asked.filter((one) => one.startsWith("spoke "))).to.have.length(5 * accounts.length);
    });

    it("names the audience that the hub lacks", async () => {
        for (const audiences of [["prod"], null]) {
            expect(await failure(check(named("hub:"), { audiences }))).to.match(
                /\.a\.credentials\.audience: Argo CD on the hub has no token with the audience staging\. Add it/,
            );
        }
    });

    it("says which prefix to write", async () => {
        expect(await failure(check(named("other:")))).to.match(/usernamePrefix: .* calls Argo CD other:.* Write `usernamePrefix: "other:"`$/);
        expect(await failure(check(() => ({ code: 201, status: { userInfo: { username: "x" } } })))).to.match(/Map the claim `sub`/);
    });

    it("finds that the two have the same issuer", async () => {
        const same = ({ path: at }: Asked) => (at === "/.well-known/openid-configuration" ? { issuer } : { code: 401 });
        expect(await failure(check(same))).to.include(`and the hub have the same issuer of tokens, ${issuer},`);
    });

    it("says what to configure where the token is refused", async () => {
        const refuses = ({ path: at }: Asked) =>
            at === "/version" ? { gitVersion: "v1.37.0-eks-1" } : at.includes("well-known") ? { issuer: "https://own" } : { code: 401 };
        const error = await failure(check(refuses));
        expect(error).to.match(/^hubspoke:clusters\.a\.credentials: /);
        expect(error).to.include(`does not accept tokens of the hub's issuer ${issuer} with the audience staging. Run \`aws eks`);
    });

    it("passes, with a warning, for an identity that may not request tokens: who previews only reads", async () => {
        expect(await check(() => ({ code: 401 }), { mayRequest: false })).to.deep.equal([
            "hub POST /api/v1/namespaces/argocd/serviceaccounts/argocd-application-controller/token staging",
        ]);
    });

    const distributions: [server: string, gitVersion: string, remedy: RegExp][] = [
        ["https://a.eks.amazonaws.com", "v1.33.1-eks-595af52", /aws eks associate-identity-provider-config .*issuerUrl=https:\/\/hub\.example\.test,clientId=prod,usernameClaim=sub,usernamePrefix=hub:`/],
        ["https://a.hcp.westeurope.azmk8s.io:443", "v1.33.1", /az aks jwtauthenticator add/],
        ["https://10.0.0.1", "v1.33.1-gke.100", /write `type: gcp`/],
        ["https://10.0.0.1:6443", "v1.33.1+k3s1", /In K3s, write kube-apiserver-arg/],
        ["https://10.0.0.1:6443", "v1.33.1+rke2r1", /In RKE2, write kube-apiserver-arg/],
        ["https://10.0.0.1:6443", "v1.37.0", /--authentication-config=FILE.*the claim `sub` with the prefix "hub:"/],
    ];
    for (const [at, gitVersion, remedy] of distributions) {
        it(`knows what ${gitVersion} at ${at} needs`, () => {
            expect(howToTrust({ server: at, gitVersion, issuer, audience: "prod", usernamePrefix: "hub:" })).to.match(remedy);
        });
    }
});

describe("the preview", () => {
    it("says which credential Argo CD has for each cluster", () => {
        const clusters = {
            a: { context: "a", labels },
            b: { context: "b", labels, credentials: federated },
            c: { context: "c", labels, credentials: { lifetime: "168h" } },
            d: { context: "d", labels, credentials: { type: "gcp", subject: { kind: "User", name: "argocd" } } },
            e: { context: "e", labels, credentials: { type: "azure", subject: { kind: "User", name: "argocd" } } },
            f: { context: "f", labels, credentials: { lifetime: "24h" } },
        };
        const given = { role: "environment", environment: "prod", hub: { context: "hub" }, clusters };
        const annotations = { "hubspoke/credential-expires": "2026-01-09T00:00:00Z" };
        const existing = [
            registration({ cluster: "f", stack: "dr", annotations }),
            registration({ cluster: "c", stack: "prod", annotations }),
        ];
        expect(credentialKinds(parseSettings(given) as EnvironmentSettings, existing, "prod")).to.equal(
            "Argo CD's credentials (docs/security.md#credentials): a: a token that never ends; b: none on the hub, since the " +
                "cluster trusts the hub's issuer (audience prod); c: a token for 168h, which ends at 2026-01-09T00:00:00Z " +
                "unless it is renewed; d: an identity, by gcp; e: an identity, by azure; f: a token for 24h",
        );
    });
});
