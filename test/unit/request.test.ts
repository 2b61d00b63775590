import { expect } from "chai";
import * as http from "node:http";
import type * as net from "node:net";
import type { ClusterAddress } from "../../clusters/kubeconfig";
import { agentThrough, proxyFromEnvironment } from "../../clusters/proxy";
import { get, UnreachableError } from "../../clusters/request";
import { GiveUp, waitFor } from "../../clusters/wait";
import { failure } from "./support/failure";

describe("a repeated request to an API server", () => {
    const asked: number[] = [];
    const answers: number[] = [];
    let server: http.Server;
    let cluster: ClusterAddress;

    before(async () => {
        server = http.createServer((_, response) => {
            const status = answers[asked.length] ?? 200;
            asked.push(status);
            response.writeHead(status).end("{}");
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as net.AddressInfo;
        cluster = { setting: "hub", server: `http://127.0.0.1:${port}`, tls: {}, user: {} };
    });
    after(() => server.close());
    beforeEach(() => asked.splice(0));

    const wait = (...statuses: number[]) => {
        answers.splice(0, Infinity, ...statuses);
        const check = async () => ({ done: await get(cluster, "version") });
        return waitFor("the hub to answer", check, { timeoutMs: 10_000, intervalMs: 1 });
    };

    for (const status of [401, 403]) {
        it(`is not repeated if the credentials are refused (${status}): more time would not help`, async () => {
            const error = await failure(wait(status, 200));
            expect(error).to.match(/^hubspoke:hub: the API server \S+ refuses these credentials for version/);
            expect(asked).to.deep.equal([status]);
        });
    }

    it("is repeated while the server has errors", async () => {
        expect(await wait(500, 503, 200)).to.deep.equal({});
        expect(asked).to.deep.equal([500, 503, 200]);
    });
});

describe("a proxy that the environment names", () => {
    const before = process.env.HTTPS_PROXY;
    const cluster: ClusterAddress = { setting: "hub", server: "https://hub.test", tls: {}, user: {} };
    after(() => {
        if (before === undefined) {
            delete process.env.HTTPS_PROXY;
        } else {
            process.env.HTTPS_PROXY = before;
        }
    });

    for (const given of ["http://user:hun#ter2@proxy:3128", "user:12/hunter2@proxy", "http://u:%hunter2@proxy", "http://a b"]) {
        it(`is refused by the variable's name where it is no URL, without its value: ${given}`, async () => {
            process.env.HTTPS_PROXY = given;
            const error = await get(cluster, "version").catch((reason: unknown) => reason);
            expect(error).to.be.instanceOf(GiveUp);
            expect((error as Error).message).to.equal(
                "the variable HTTPS_PROXY is not the URL of a proxy. Escape the special characters of its user name and " +
                    "password, for example # as %23, or correct the variable",
            );
        });
    }

    it("may have escaped characters in its password", () => {
        const env = { https_proxy: "http://user:hun%23ter2@proxy:3128" };
        expect(proxyFromEnvironment(new URL("https://hub.test"), env)).to.equal(env.https_proxy);
        expect(proxyFromEnvironment(new URL("http://hub.test"), { http_proxy: "proxy:3128" })).to.equal("http://proxy:3128");
        expect(() => proxyFromEnvironment(new URL("http://hub.test"), { http_proxy: "a b" })).to.throw(/variable http_proxy/);
    });
});

describe("a SOCKS proxy", () => {
    for (const [url, host, port] of [["socks5://[::1]:1080", "::1", 1080], ["socks5://proxy.test:9050", "proxy.test", 9050]] as const) {
        it(`is connected to at its address: ${url}`, async () => {
            expect(await agentThrough(url, {})).to.have.property("proxy").that.includes({ host, port, type: 5 });
        });
    }
});

describe("a request through a proxy", () => {
    let status = 200;
    let proxy: http.Server;
    let cluster: ClusterAddress;

    before(async () => {
        proxy = http.createServer();
        proxy.on("connect", (_, socket) => socket.end(`HTTP/1.1 ${status} Refused\r\n\r\n`));
        await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
        const { port } = proxy.address() as net.AddressInfo;
        cluster = { setting: "hub", server: "https://hub.test", tls: {}, user: {}, proxy: `http://127.0.0.1:${port}` };
    });
    after(() => proxy.close());

    for (const [answer, isLoss] of [[502, true], [504, true], [407, false], [403, false]] as const) {
        it(`fails ${isLoss ? "as the network does" : "as a refusal"} if the proxy answers ${answer}`, async () => {
            status = answer;
            const error = await get(cluster, "version").catch((reason: unknown) => reason);
            expect((error as Error).message).to.include(`the proxy answers ${answer}`);
            expect(error instanceof UnreachableError).to.equal(isLoss);
        });
    }
});
