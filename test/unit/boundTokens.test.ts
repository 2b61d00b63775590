import { expect } from "chai";
import { boundToken } from "../../dynamic/boundToken";
import type { BoundTokenState } from "../../dynamic/renewal";
import { fakeApiServer } from "../../lab/test/support/fakeApiServer";
import { parseSettings } from "../../settings";
import { failure } from "./support/failure";
import { all, mockPulumi, one, settled, unwrapSecret } from "./support/mocks";
import { registerClusters } from "./support/register";

const labels = { region: "eu-west-1" };
const secretType = "kubernetes:core/v1:Secret";
const kind = "pulumi-nodejs:dynamic/hubspoke:boundToken";

async function register(credentials: object, more: object = {}) {
    await mockPulumi();
    registerClusters("prod", { a: { context: "a", labels, credentials, ...more } });
    await settled();
}

describe("a token with a lifetime", () => {
    it("is bound to an empty Secret of its generation, and stays secret", async () => {
        await register({ lifetime: "168h" });
        const secret = one(secretType, "a-manager-token-bound-1");
        expect(secret.inputs).to.include({ type: "Opaque" });
        expect(secret.inputs).not.to.have.any.keys("data", "stringData");
        expect(one(kind, "a-manager-token-bound-1-issued").inputs).to.deep.include({
            cluster: "a",
            spoke: { context: "a" },
            namespace: "argocd-manager",
            account: "argocd-manager",
            secret: "argocd-manager-abc123",
            lifetime: "168h",
        });
        expect(all(secretType).map(({ inputs }) => inputs.type)).not.to.include("kubernetes.io/service-account-token");
        const registered = one(secretType, "a-cluster-secret").inputs;
        const { config = "" } = unwrapSecret(registered.data) as Record<string, string>;
        expect(JSON.parse(Buffer.from(config, "base64").toString("utf8"))).to.deep.equal({
            bearerToken: "mock-token of a-manager-token-bound-1-issued",
            tlsClientConfig: { insecure: false, caData: Buffer.from("published-ca").toString("base64") },
        });
        expect((registered.metadata as { annotations: object }).annotations).to.include({
            "hubspoke/credential-generation": "1",
            "hubspoke/credential-since": "2026-01-02T00:00:00Z",
            "hubspoke/credential-expires": "2026-01-09T00:00:00Z",
        });
    });

    it("is proven again when it is renewed, and gives its life to the alert", async () => {
        await register({ lifetime: "168h" });
        expect(one("pulumi-nodejs:dynamic/hubspoke:access", "a-access").inputs.token).to.deep.equal({
            namespace: "argocd-manager",
            secret: "argocd-manager-abc123",
            account: "argocd-manager",
            expires: "2026-01-09T00:00:00Z",
        });
        const { data } = one("kubernetes:core/v1:ConfigMap", "a-probes-files").inputs;
        expect((data as Record<string, string>)["rules.yaml"]).to.include("hubspoke:credential:lifetime");
        expect((data as Record<string, string>)["rules.yaml"]).to.include(`vector(${7 * 24 * 3600})`);
    });

    it("has the previous generation's Secret beside it, and no token for that, until it is retired", async () => {
        await register({ lifetime: "168h", generation: 2 });
        expect(all(secretType).map(({ name }) => name)).to.include.members(["a-manager-token-bound-1", "a-manager-token-bound-2"]);
        expect(all(kind).map(({ name }) => name)).to.deep.equal(["a-manager-token-bound-2-issued"]);
        await register({ lifetime: "168h", generation: 2, retired: 1 });
        expect(all(secretType).map(({ name }) => name)).not.to.include("a-manager-token-bound-1");
    });

    it("is left as it is in quarantine", async () => {
        await register({ lifetime: "168h" }, { quarantined: true });
        expect(one(kind, "a-manager-token-bound-1-issued").inputs).to.include({ skip: true });
    });

    it("is not for less than Kubernetes allows", () => {
        const clusters = { a: { context: "a", labels, credentials: { lifetime: "599s" } } };
        const given = { role: "environment", environment: "prod", hub: { context: "hub" }, clusters };
        expect(() => parseSettings(given)).to.throw(/a\.credentials\.lifetime: is shorter than Kubernetes allows/);
    });
});

const hour = 3_600_000;
const time = (ms: number) => new Date(ms).toISOString();
const inputs = { spoke: { context: "a" }, cluster: "a", namespace: "n", account: "a", secret: "s", lifetime: "2h" };

/** The state of a token for two hours, of which some part is over. */
function aged(hours: number): BoundTokenState {
    const created = Date.now() - hours * hour;
    const times = { created: time(created), expires: time(created + 2 * hour), renewAfter: time(created + hour) };
    return { ...inputs, token: "t", ...times };
}

describe("the renewal of a token", () => {
    const changes = async (state: BoundTokenState, given: Partial<typeof inputs & { skip: true }> = {}) =>
        (await boundToken.diff!("id", state, { ...inputs, ...given })).changes;

    it("is a change when half of its life is over, and not before", async () => {
        expect(await changes(aged(0.5))).to.equal(false);
        expect(await changes(aged(1.5))).to.equal(true);
        expect(await changes(aged(3))).to.equal(true);
    });

    it("comes with another lifetime or Secret, and not with another way to the cluster", async () => {
        expect(await changes(aged(0.5), { lifetime: "3h" })).to.equal(true);
        expect(await changes(aged(0.5), { secret: "other" })).to.equal(true);
        expect(await changes(aged(0.5), { spoke: { context: "b" } })).to.equal(false);
    });

    it("waits in quarantine, and while HUBSPOKE_RENEW says so", async () => {
        expect(await changes(aged(1.5), { skip: true })).to.equal(false);
        process.env.HUBSPOKE_RENEW = "never";
        try {
            expect(await changes(aged(1.5))).to.equal(false);
            expect(await changes(aged(0.5), { lifetime: "3h" })).to.equal(true);
        } finally {
            delete process.env.HUBSPOKE_RENEW;
        }
    });

    it("takes the times of the server, which may shorten the life", async () => {
        const bodies: unknown[] = [];
        const answer = {
            code: 201,
            metadata: { creationTimestamp: "2026-01-01T00:00:00Z" },
            status: { token: "t", expirationTimestamp: "2026-01-01T01:00:00Z" },
        };
        const server = await fakeApiServer(({ body }) => {
            bodies.push((JSON.parse(body) as { spec: unknown }).spec);
            return answer;
        });
        try {
            const spoke = { context: undefined, kubeconfig: server.kubeconfig };
            const { id, outs } = await boundToken.create({ ...inputs, spoke });
            expect(await boundToken.update!(id, outs, { ...inputs, spoke })).to.deep.equal({ outs });
            bodies.pop();
            expect(outs).to.include({
                token: "t",
                created: "2026-01-01T00:00:00Z",
                expires: "2026-01-01T01:00:00Z",
                renewAfter: "2026-01-01T00:30:00.000Z",
            });
            const boundObjectRef = { apiVersion: "v1", kind: "Secret", name: "s" };
            expect(bodies).to.deep.equal([{ boundObjectRef, expirationSeconds: 7200 }]);
        } finally {
            await server.close();
        }
    });

    it("names the right that is missing", async () => {
        const server = await fakeApiServer(() => ({ code: 403 }));
        try {
            const spoke = { context: undefined, kubeconfig: server.kubeconfig };
            expect(await failure(boundToken.create({ ...inputs, spoke }))).to.match(
                /^hubspoke:clusters\.a: .* answers 403 to a request for a token of n\/a\. Give this identity the right/,
            );
        } finally {
            await server.close();
        }
    });
});
