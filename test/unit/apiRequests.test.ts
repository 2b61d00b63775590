import { expect } from "chai";
import { asArgoCd, certificateProblem, registeredConnection } from "../../clusters/argoCdConnection";
import { issuerOf, subjectOf } from "../../clusters/federation";
import { claimsOf } from "../../clusters/jwt";
import type { ClusterAddress } from "../../clusters/kubeconfig";
import { ask, CertificateError, change, find, get } from "../../clusters/request";
import { MayNotRequestError, requestToken } from "../../clusters/tokenRequest";
import { askWithToken, tryToken } from "../../clusters/tokenTrial";
import { GiveUp } from "../../clusters/wait";
import { type Answer, type Asked, fakeApiServer, type FakeApiServer } from "../../lab/test/support/fakeApiServer";
import { closedPort, failure } from "./support/failure";

describe("a request to an API server", () => {
    let server: FakeApiServer;
    let asked: Asked[];
    let answer: Answer | undefined;
    let cluster: ClusterAddress;
    beforeEach(async () => {
        asked = [];
        answer = {};
        server = await fakeApiServer((request) => {
            asked.push(request);
            return answer;
        });
        cluster = { setting: "clusters.prod", server: server.url, tls: {}, user: {} };
    });
    afterEach(() => server.close());

    const code = (status: number) => ({ kind: "Status", code: status, message: "" });
    const last = () => asked.at(-1);

    it("reads without a body, below the path of the kubeconfig's URL and without its query", async () => {
        for (const [path, expected] of [["", "/version"], ["/", "/version"], ["/k8s/a", "/k8s/a/version"], ["/x/?y=z", "/x/version"]]) {
            expect(await get({ ...cluster, server: `${server.url}${path}` }, "version")).to.deep.equal({});
            expect(last()).to.include({ method: "GET", path: expected, body: "" });
        }
        expect(last()?.headers).not.to.have.property("content-type");
    });

    it("changes with JSON: a merge patch, unless it says another type", async () => {
        await change(cluster, "a", { method: "PATCH", body: { x: 1 } });
        expect(last()).to.include({ method: "PATCH", path: "/a", body: '{"x":1}' });
        expect(last()?.headers["content-type"]).to.equal("application/merge-patch+json");
        await change(cluster, "a", { method: "POST", body: {} });
        expect(last()?.headers["content-type"]).to.equal("application/json");
        await ask(cluster, "a", { method: "PATCH", type: "application/apply-patch+yaml" });
        expect(last()).to.include({ body: "" });
        expect(last()?.headers["content-type"]).to.equal("application/apply-patch+yaml");
    });

    it("acts as the user that the kubeconfig names", async () => {
        await get({ ...cluster, user: { as: "ops" } }, "version");
        expect(last()?.headers).to.include({ "impersonate-user": "ops" });
    });

    it("says whether there is such an object", async () => {
        answer = { a: 1 };
        expect(await find(cluster, "a")).to.deep.equal({ a: 1 });
        expect(await change(cluster, "a", { method: "DELETE" })).to.equal(true);
        for (const status of [201, 202]) {
            answer = code(status);
            expect(await change(cluster, "a", { method: "POST" })).to.equal(true);
        }
        answer = code(404);
        expect(await find(cluster, "a")).to.equal(undefined);
        expect(await change(cluster, "a", { method: "DELETE" })).to.equal(false);
        expect(await failure(get(cluster, "a"))).to.match(/ answers 404 for a$/);
    });

    for (const status of [401, 403]) {
        it(`that is refused with ${status} says what to do, and is not repeated`, async () => {
            answer = code(status);
            const error = await get(cluster, "a/b").catch((reason: unknown) => reason);
            expect(error).to.be.instanceOf(GiveUp);
            expect((error as Error).message).to.equal(
                `hubspoke:clusters.prod: the API server ${server.url} refuses these credentials for a/b (${status}). Log in again, ` +
                    "or give this identity the rights in docs/security.md",
            );
        });
    }

    it("that fails names the setting, the server and the path", async () => {
        answer = code(500);
        const message = `hubspoke:clusters.prod: the API server ${server.url} answers 500 for a`;
        for (const request of [() => get(cluster, "a"), () => find(cluster, "a"), () => change(cluster, "a", { method: "DELETE" })]) {
            const error = await request().catch((reason: unknown) => reason);
            expect((error as Error).message).to.equal(message);
            expect(error).not.to.be.instanceOf(GiveUp);
        }
    });

    it("that does not arrive says what to check, and names the proxy without its password", async () => {
        const port = await closedPort();
        const check = "Check that the cluster runs, and that this machine can reach it (VPN, firewall, proxy)";
        const away = { ...cluster, server: `http://127.0.0.1:${port}` };
        expect(await failure(get(away, "a"))).to.equal(
            `hubspoke:clusters.prod: the API server http://127.0.0.1:${port} cannot be reached: connect ECONNREFUSED ` +
                `127.0.0.1:${port}. ${check}`,
        );
        const through = { ...cluster, server: "https://prod.test", proxy: `http://u:hunter2@127.0.0.1:${port}` };
        expect(await failure(get(through, "a"))).to.equal(
            `hubspoke:clusters.prod: the API server https://prod.test cannot be reached through the proxy 127.0.0.1:${port}: ` +
                `connect ECONNREFUSED 127.0.0.1:${port}. ${check}`,
        );
    });

    it("whose authority is no certificate says what to write into the kubeconfig", async () => {
        const error = await get({ ...cluster, server: "https://prod.test", tls: { ca: "PEM" } }, "a").catch((reason: unknown) => reason);
        expect(error).to.be.instanceOf(CertificateError).and.to.have.property("code", "ERR_TLS_CERT_ALTNAME_INVALID");
        expect((error as Error).message).to.equal(
            "hubspoke:clusters.prod: the API server https://prod.test cannot be reached: the certificate authority in the " +
                "kubeconfig is not a PEM certificate. Write the server's certificate authority, or its tls-server-name, into " +
                "the kubeconfig",
        );
    });

    describe("for a token", () => {
        const request = { namespace: "n", account: "a", seconds: 600 };
        const created = { code: 201, status: { token: "t", expirationTimestamp: "2026-01-01T01:00:00Z" } };

        it("names the audience, the Secret and the lifetime", async () => {
            answer = { ...created, metadata: { creationTimestamp: "2026-01-01T00:00:00Z" } };
            expect(await requestToken(cluster, { ...request, audience: "x", secret: "s" })).to.deep.equal({
                token: "t",
                created: "2026-01-01T00:00:00Z",
                expires: "2026-01-01T01:00:00Z",
            });
            expect(last()).to.include({ method: "POST", path: "/api/v1/namespaces/n/serviceaccounts/a/token" });
            expect(JSON.parse(last()?.body ?? "")).to.deep.equal({
                apiVersion: "authentication.k8s.io/v1",
                kind: "TokenRequest",
                spec: {
                    audiences: ["x"],
                    boundObjectRef: { apiVersion: "v1", kind: "Secret", name: "s" },
                    expirationSeconds: 600,
                },
            });
        });

        it("is from now, in whole seconds, where the server does not say since when", async () => {
            for (const metadata of [undefined, { creationTimestamp: null }]) {
                answer = { ...created, metadata };
                const before = Math.floor(Date.now() / 1000) * 1000;
                const { created: since } = await requestToken(cluster, request);
                expect(since).to.match(/:\d\d\.000Z$/);
                expect(Date.parse(since)).to.be.within(before, Date.now());
            }
            expect(JSON.parse(last()?.body ?? "")).to.have.property("spec").that.deep.equals({ expirationSeconds: 600 });
        });

        for (const status of [401, 403]) {
            it(`says which right lacks where it is refused with ${status}`, async () => {
                answer = code(status);
                const error = await requestToken(cluster, request).catch((reason: unknown) => reason);
                expect(error).to.be.instanceOf(MayNotRequestError);
                expect((error as Error).message).to.equal(
                    `hubspoke:clusters.prod: ${server.url} answers ${status} to a request for a token of n/a. Give this identity the ` +
                        "right to create serviceaccounts/token there (docs/rbac)",
                );
            });
        }

        it("names the account and the Secret where there are none", async () => {
            answer = code(404);
            const begin = `hubspoke:clusters.prod: ${server.url} answers 404 to a request for a token of n/a`;
            expect(await failure(requestToken(cluster, request))).to.equal(begin);
            expect(await failure(requestToken(cluster, { ...request, secret: "s" }))).to.equal(`${begin} that is bound to Secret s`);
        });
    });

    describe("as Argo CD", () => {
        const base64 = (text: string) => Buffer.from(text).toString("base64");

        it("goes by the connection in the cluster Secret, with its token", async () => {
            const config = { bearerToken: "t", tlsClientConfig: { insecure: false, caData: base64("PEM") }, proxyUrl: "http://p" };
            answer = { data: { server: base64("https://prod.test"), config: base64(JSON.stringify(config)) } };
            const { token, ...connection } = await registeredConnection(cluster, "argocd", "cluster-prod");
            expect(last()?.path).to.equal("/api/v1/namespaces/argocd/secrets/cluster-prod");
            expect({ token, ...connection }).to.deep.equal({
                token: "t",
                server: "https://prod.test",
                tls: { insecure: false, caData: base64("PEM") },
                proxyUrl: "http://p",
            });
            expect(asArgoCd("clusters.prod", connection, token)).to.deep.equal({
                setting: "clusters.prod",
                server: "https://prod.test",
                tls: { insecure: false, ca: "PEM" },
                proxy: "http://p",
                user: { token: "t" },
            });
            const { tls } = asArgoCd("clusters.prod", { server: "https://prod.test", tls: { insecure: true } });
            expect(tls).to.deep.equal({ insecure: true, ca: undefined });
        });

        it("goes by the user's way where Argo CD's does not lead there from here", async () => {
            const connection = { server: server.url, tls: { insecure: true } };
            expect(await askWithToken(cluster, connection, "t", "a")).to.include({ status: 200, byArgoCdsWay: true });
            const away = { ...connection, server: `http://127.0.0.1:${await closedPort()}` };
            expect(await askWithToken(cluster, away, "t", "a")).to.include({ status: 200, byArgoCdsWay: false });
            expect(await askWithToken(cluster, undefined, "t", "a")).to.include({ status: 200, byArgoCdsWay: false });
            expect(asked).to.have.length(3);
            expect(await tryToken(cluster, undefined, "t", "room")).to.deep.equal({ status: 200, byArgoCdsWay: false });
            expect(last()?.path).to.equal("/api/v1/namespaces/room/events?limit=1");
            const distrusted = { server: "https://prod.test", tls: { insecure: false, caData: base64("none") } };
            const error = await askWithToken(cluster, distrusted, "t", "a").catch((reason: unknown) => reason);
            expect(error).to.be.instanceOf(CertificateError);
        });

        const problem = (why: string, remedy: string) =>
            `hubspoke:clusters.prod.tls: Argo CD would refuse the certificate of https://prod.test: ${why}. ${remedy}. If that URL ` +
            "leads elsewhere from this machine than from the hub, write `hubOnly: true`";
        const otherCa = "its CA is not the one that the settings or the cluster name (SELF_SIGNED_CERT_IN_CHAIN)";
        const cases: [code: string, tls: ClusterAddress["tls"], message: string][] = [
            [
                "ERR_TLS_CERT_ALTNAME_INVALID",
                { serverName: "kube" },
                problem("it is for another name (ERR_TLS_CERT_ALTNAME_INVALID)", "Write `serverName: kube`"),
            ],
            [
                "ERR_TLS_CERT_ALTNAME_INVALID",
                {},
                problem("it is for another name (ERR_TLS_CERT_ALTNAME_INVALID)", "Write `serverName: a name in the certificate`"),
            ],
            ["CERT_HAS_EXPIRED", {}, problem("it is not valid at this time (CERT_HAS_EXPIRED)", "Renew it")],
            ["CERT_NOT_YET_VALID", {}, problem("it is not valid at this time (CERT_NOT_YET_VALID)", "Renew it")],
            [
                "SELF_SIGNED_CERT_IN_CHAIN",
                { ca: "PEM" },
                problem(otherCa, "Write the CA of this URL as `ca`, in PEM; the kubeconfig has one (certificate-authority)"),
            ],
            [
                "SELF_SIGNED_CERT_IN_CHAIN",
                {},
                problem(otherCa, "The kubeconfig trusts public authorities: write `ca: system`"),
            ],
        ];
        for (const [reason, tls, message] of cases) {
            it(`says what to write for ${reason} ${JSON.stringify(tls)}`, () => {
                const at = { ...cluster, server: "https://prod.test", tls };
                expect(certificateProblem(at, new CertificateError("", reason), at)).to.equal(message);
            });
        }

        it("is named in its tokens by namespace and account, and by the hub's issuer", () => {
            expect(subjectOf("argocd", "argocd-server")).to.equal("system:serviceaccount:argocd:argocd-server");
            const jwt = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
            expect(issuerOf(jwt({ iss: "https://hub.test" }))).to.equal("https://hub.test");
            expect(issuerOf(jwt({}))).to.equal(undefined);
            for (const none of ["none", "", "a.b.c", jwt(null), jwt("text"), jwt(1)]) {
                expect(issuerOf(none)).to.equal(undefined);
                expect(claimsOf(none)).to.equal(undefined);
            }
        });
    });
});
