import { expect } from "chai";
import { ApiServer } from "../providers/kubernetes/cluster/apiServer";
import { withRelay } from "../providers/kubernetes/helm/relay";
import { type Asked, type FakeApiServer, fakeApiServer } from "./support/fakeApiServer";

interface Relayed {
    readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
}

describe("lab provider: helm's way to the cluster", () => {
    const asked: Asked[] = [];
    let server: FakeApiServer;
    let api: ApiServer;

    before(async () => {
        server = await fakeApiServer((request) => {
            asked.push(request);
            return { kind: "ConfigMap" };
        });
        api = new ApiServer({ setting: "a", server: server.url, tls: {}, user: { as: "the-user" } }, new AbortController().signal);
    });

    after(() => server.close());

    /** Asks as helm does, at the server of the kubeconfig that it is given or at what is made of that. */
    const ask = (path: string, init: RequestInit = {}, at = (server: string) => server) =>
        withRelay(api, async (kubeconfig) => {
            const { clusters } = JSON.parse(kubeconfig) as Relayed;
            const url = `${at(clusters[0]!.cluster.server)}${path}`;
            const response = await fetch(url, { ...init, headers: { "user-agent": "Helm/3.22.0" } });
            return { status: response.status, body: (await response.json()) as { message?: string } };
        });

    it("has the user's credentials and the official provider's field managers", async () => {
        const path = "/api/v1/namespaces/a/configmaps?fieldManager=";
        const { status, body } = await ask(`${path}helm&x=helm`, { method: "POST", body: '{"a":1}' });
        expect([status, body]).to.deep.equal([200, { kind: "ConfigMap" }]);
        const { headers, ...rest } = asked.pop()!;
        expect(rest).to.deep.equal({
            method: "POST",
            path: `${path}pulumi-resource-kubernetes&x=helm`,
            body: '{"a":1}',
        });
        expect(headers).to.include({ "user-agent": "pulumi-kubernetes", "impersonate-user": "the-user" });
    });

    it("cannot be used by another program", async () => {
        const guessed = (server: string) => server.replace(/[0-9a-f]{48}/, "0".repeat(48));
        for (const at of [guessed, (server: string) => new URL(server).origin]) {
            expect((await ask("/api", {}, at)).status).to.equal(401);
        }
        expect(asked).to.deep.equal([]);
    });

    it("reports that the API server is unavailable", async () => {
        await server.close();
        const { status, body } = await ask("/api");
        expect(status).to.equal(503);
        expect(body.message).to.match(/ECONNREFUSED/);
    });
});
