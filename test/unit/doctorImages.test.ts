import { expect } from "chai";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { checkImage, imagesIn, parseImage } from "../../scripts/doctor/images";
import { closedPort } from "./support/failure";
import { openRegistry, type Registry } from "../support/registry";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("the name of an image", () => {
    const cases: [string, string, string, string][] = [
        ["redis", "registry-1.docker.io", "library/redis", "latest"],
        ["redis:8.2", "registry-1.docker.io", "library/redis", "8.2"],
        ["docker.io/library/redis:8.2", "registry-1.docker.io", "library/redis", "8.2"],
        ["example/agent:v1", "registry-1.docker.io", "example/agent", "v1"],
        ["ghcr.io/example/agent:1.0.0", "ghcr.io", "example/agent", "1.0.0"],
        ["localhost:5000/agent", "localhost:5000", "agent", "latest"],
        ["127.0.0.1:5000/a/b:c", "127.0.0.1:5000", "a/b", "c"],
        [`quay.io/argoproj/argocd:v3@${digest}`, "quay.io", "argoproj/argocd", digest],
        [`quay.io/argoproj/argocd@${digest}`, "quay.io", "argoproj/argocd", digest],
    ];
    for (const [image, registry, repository, reference] of cases) {
        it(`is read as a container runtime does: ${image}`, () => {
            expect(parseImage(image)).to.deep.equal({ registry, repository, reference });
        });
    }

    it("is found in every pod template, once", () => {
        const pod = { initContainers: [{ image: "a" }], containers: [{ image: "b" }, { image: "a" }, { name: "none" }] };
        const job = { spec: { jobTemplate: { spec: { template: { spec: { containers: [{ image: "c" }] } } } } } };
        expect(imagesIn([{ spec: { template: { spec: pod } } }, job, { data: { image: "no image" } }])).to.deep.equal(["a", "b", "c"]);
    });
});

describe("a registry", () => {
    let registry: Registry;
    before(async () => (registry = await openRegistry(["agent:1.0.0", `agent@${digest}`], ["private"])));
    after(() => registry.close());

    it("is asked for the manifest, with a token for everyone", async () => {
        expect((await checkImage(`${registry.host}/agent:1.0.0`)).level).to.equal("ok");
        expect(registry.asked).to.deep.equal(["/v2/agent/manifests/1.0.0", "/token", "/v2/agent/manifests/1.0.0 with token"]);
        expect((await checkImage(`${registry.host}/agent:1.0.0@${digest}`)).level).to.equal("ok");
    });

    it("that has no such tag is a failure", async () => {
        const { level, text } = await checkImage(`${registry.host}/agent:9.9.9`);
        expect(level).to.equal("fail");
        expect(text).to.include(`${registry.host} has no such manifest`);
    });

    it("that wants a login was not checked", async () => {
        const { level, remedy } = await checkImage(`${registry.host}/private:1.0.0`);
        expect({ level, remedy }).to.deep.equal({ level: "unknown", remedy: "Give the pods a pull secret" });
    });

    it("that does not answer was not checked", async () => {
        const { level, text } = await checkImage(`127.0.0.1:${await closedPort()}/agent:1.0.0`);
        expect(level).to.equal("unknown");
        expect(text).to.match(/cannot be reached from here \(connect ECONNREFUSED/);
    });
});

describe("a registry that sends to another host, as registry.k8s.io", () => {
    const asked: string[] = [];
    let status = 307;
    let leads: (path: string) => string;
    let registry: Registry;
    let front: Server;
    let host: string;

    before(async () => {
        registry = await openRegistry(["agent:1.0.0"]);
        front = createServer(({ url = "", headers: { authorization = "nothing" } }, response) => {
            asked.push(`${url} with ${authorization}`);
            response.writeHead(status, { location: leads(url) }).end();
        });
        await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
        host = `127.0.0.1:${portOf(front)}`;
    });
    after(async () => {
        front.close();
        await registry.close();
    });
    beforeEach(() => asked.splice(0));

    for (const answer of [301, 302, 307, 308]) {
        it(`has what that one has, and gets no token of it (${answer})`, async () => {
            status = answer;
            leads = (path) => `http://${registry.host}${path}`;
            expect((await checkImage(`${host}/agent:1.0.0`)).level).to.equal("ok");
            expect((await checkImage(`${host}/agent:9.9.9`)).level).to.equal("fail");
            expect(asked).to.deep.equal(["1.0.0", "9.9.9"].map((tag) => `/v2/agent/manifests/${tag} with nothing`));
        });
    }

    it("was not checked where it leads on and on", async () => {
        status = 307;
        leads = (path) => `${path}/on`;
        const { level, text } = await checkImage(`${host}/agent:1.0.0`);
        expect(level).to.equal("unknown");
        expect(text).to.match(/answers 307$/);
        expect(asked).to.have.length(4);
    });
});

describe("the token of a registry", () => {
    it("goes to no other host", async () => {
        const asked: (string | undefined)[] = [];
        const storage = createServer(({ headers }, response) => {
            asked.push(headers.authorization);
            response.end();
        });
        const own = createServer(({ url = "", headers: { authorization, host } }, response) => {
            if (url.startsWith("/token")) {
                response.end(JSON.stringify({ token: "for-everyone" }));
            } else if (authorization === undefined) {
                response.writeHead(401, { "www-authenticate": `Bearer realm="http://${host}/token"` }).end();
            } else {
                response.writeHead(307, { location: `http://127.0.0.1:${portOf(storage)}/blob` }).end();
            }
        });
        await Promise.all([storage, own].map((server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))));
        try {
            expect((await checkImage(`127.0.0.1:${portOf(own)}/agent:1.0.0`)).level).to.equal("ok");
            expect(asked).to.deep.equal([undefined]);
        } finally {
            [storage, own].forEach((server) => server.close());
        }
    });
});

function portOf(server: Server): number {
    return (server.address() as AddressInfo).port;
}
