import { expect } from "chai";
import { connectingAccounts } from "../../clusters/federation";
import { access, type AccessInputs } from "../../dynamic/access";
import { type Answer, type Asked, fakeApiServer } from "../../lab/test/support/fakeApiServer";
import { rulesFor } from "../../scripts/rules/kinds";

const secretPath = "/api/v1/namespaces/argocd-manager/secrets/token-1";
const events = "/api/v1/namespaces/agent/events?limit=1";

/** Proves a token against a server that answers as it is told; returns the result and what was asked. */
async function proven(given: Partial<AccessInputs>, answer: (asked: Asked, before: number) => Answer | undefined) {
    const asked: Asked[] = [];
    const server = await fakeApiServer((request) => {
        const before = asked.filter(({ path }) => path === request.path).length;
        asked.push(request);
        return answer(request, before);
    });
    try {
        const spoke = { context: undefined, kubeconfig: server.kubeconfig };
        const connection = { server: server.url, tls: { insecure: true } };
        const inputs = { spoke, cluster: "prod", connection, target: "agent", rights: [], hub: spoke, ...given };
        const { id, outs } = await access.create(inputs);
        return { id, outs, asked, server, again: await access.update?.(id, outs, inputs) };
    } finally {
        await server.close();
    }
}

const token = { namespace: "argocd-manager", secret: "token-1" };

describe("the proof of Argo CD's access to a spoke", () => {
    it("waits for the token in the Secret, tries it, and says when in whole seconds", async () => {
        const data = { token: Buffer.from("a-token").toString("base64") };
        const { id, outs, asked, again } = await proven({ token }, ({ path }, before) =>
            path === secretPath ? (before === 0 ? {} : { data }) : { items: [] },
        );
        expect(asked.map(({ path }) => path)).to.deep.equal([
            secretPath, secretPath, events,
            // The update proves it again.
            secretPath, events,
        ]);
        expect(outs.provenAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        expect(again?.outs.provenAt).to.match(/Z$/);
        expect(id).to.match(/^[0-9a-f]{16}$/);
        expect(JSON.stringify(outs)).not.to.include("a-token");
    });

    it("needs no kind of any chart: an account may have rights on a DaemonSet alone, or on a kind of its own", async () => {
        const daemonSet = { apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name: "probe" } };
        const given = rulesFor([daemonSet], { namespace: "agent", secrets: false, clusterKinds: [], kinds: [] });
        const readable = given.flatMap(({ resources, verbs }) => (verbs.includes("list") ? resources : []));
        const data = { token: Buffer.from("a-token").toString("base64") };
        const { outs } = await proven({ token }, ({ path }) => {
            const [, listed = ""] = /\/(\w+)\?limit=1$/.exec(path) ?? [];
            return path === secretPath ? { data } : readable.includes(listed) ? { items: [] } : { code: 403 };
        });
        expect(readable).not.to.include("deployments");
        expect(outs.provenAt).to.match(/Z$/);
    });

    it("tries another token of an account whose tokens end, bound to the same Secret", async () => {
        const { asked } = await proven({ token: { ...token, account: "argocd-manager" } }, ({ path }) =>
            path.endsWith("/token")
                ? { code: 201, status: { token: "t", expirationTimestamp: "2026-01-01T01:00:00Z" } }
                : { items: [] },
        );
        const requested = asked.filter(({ path }) => path.endsWith("/serviceaccounts/argocd-manager/token"));
        expect(requested).to.have.length(2);
        expect(requested[0]?.body).to.include('"name":"token-1"');
        expect(asked.map(({ path }) => path)).not.to.include(secretPath);
    });

    it("asks nothing for a cloud's identity", async () => {
        const { asked, outs } = await proven({}, () => undefined);
        expect(asked).to.deep.equal([]);
        expect(outs.provenAt).to.match(/Z$/);
    });

    it("is left to Argo CD itself where this identity may not request the hub's tokens", async () => {
        const federated = { namespace: "argocd", audience: "prod" };
        const { asked } = await proven({ federated }, () => ({ code: 403 }));
        const accounts = asked.map(({ path }) => /serviceaccounts\/([\w-]+)\/token$/.exec(path)?.[1]);
        expect(accounts).to.deep.equal([...connectingAccounts, ...connectingAccounts]);
        expect(asked[0]?.body).to.include('"audiences":["prod"]');
    });
});
