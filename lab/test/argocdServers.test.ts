import { once } from "node:events";
import type { Server } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { callers, controllers, portsBy, repoServer, shardPorts } from "../argocd/components";
import { parseHead, serveGit } from "../argocd/gitHttp";
import { lookAtRedis } from "../argocd/health";
import { freshPort } from "../argocd/state";

const components = [repoServer, ...controllers(shardPorts.length), ...callers];

describe("Argo CD's components on this machine", () => {
    it("listen on loopback, apart from the two whose metrics address is fixed", async () => {
        let next = 1;
        const ports = await portsBy(() => Promise.resolve(next++));
        const used = components.flatMap((component) => component.ports.map((port) => ports[port]));
        expect(new Set(used).size, "every port has one owner").to.equal(used.length);
        for (const { name, flags } of components) {
            const addresses = flags(ports).filter((flag) => /address=|addr=|redis=|repo-server=/.test(flag));
            expect(addresses.every((flag) => flag.includes("=127.0.0.1")), name).to.equal(true);
        }
    });
});

describe("the ports of Argo CD's components", () => {
    const { random } = Math;
    afterEach(() => (Math.random = random));

    it("differ, also if the same random port is drawn twice", async () => {
        const drawn: number[] = [];
        Math.random = () => {
            drawn.push(random());
            // Every draw comes twice.
            return drawn[Math.floor((drawn.length - 1) / 2)]!;
        };
        const ports = Object.values(await portsBy((_, taken) => freshPort(taken)));
        expect(new Set(ports).size).to.equal(ports.length);
    });
});

describe("the lab's Git server", () => {
    let server: Server;
    let url: string;
    before(async () => {
        server = serveGit("/nonexistent", 0);
        await once(server, "listening");
        url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => server.close());

    const answers: { what: string; path: string; status: number }[] = [
        { what: "says that it is there", path: "/healthz", status: 200 },
        { what: "refuses to prepare a push", path: "/agent.git/info/refs?service=git-receive-pack", status: 403 },
        { what: "refuses a push", path: "/agent.git/git-receive-pack", status: 403 },
        { what: "survives a path that cannot be decoded", path: "/%zz", status: 400 },
        { what: "survives a path with a NUL", path: "/agent.git/%00", status: 400 },
    ];
    for (const { what, path, status } of answers) {
        it(what, async () => {
            const response = await fetch(url + path);
            await response.text();
            expect(response.status).to.equal(status);
        });
    }

    it("reads the head of a CGI answer", () => {
        expect(parseHead("Status: 404 Not Found\r\nContent-Type: text/plain")).to.deep.equal({
            status: 404,
            headers: [["Content-Type", "text/plain"]],
        });
        expect(parseHead("Expires: Fri, 01 Jan 1980 00:00:00 GMT")).to.deep.equal({
            status: 200,
            headers: [["Expires", "Fri, 01 Jan 1980 00:00:00 GMT"]],
        });
    });
});

describe("the health check of Redis", () => {
    const answers: { what: string; answer: string; expected: object }[] = [
        { what: "is done at a pong", answer: "+OK\r\n+PONG\r\n+OK\r\n", expected: { done: true } },
        {
            what: "says what a refused password was answered",
            answer: "-WRONGPASS invalid username-password pair\r\n",
            expected: { seen: "Redis answered -WRONGPASS invalid username-password pair" },
        },
    ];
    for (const { what, answer, expected } of answers) {
        it(what, async () => {
            let heard = "";
            const server = createServer((socket) => {
                socket.on("data", (data) => {
                    heard += data.toString();
                    socket.end(answer);
                });
            });
            server.listen(0, "127.0.0.1");
            await once(server, "listening");
            const look = await lookAtRedis((server.address() as AddressInfo).port, "pass");
            server.close();
            expect(look).to.deep.equal(expected);
            expect(heard).to.match(/^\*2\r\n\$4\r\nAUTH\r\n\$4\r\npass\r\n\*1\r\n\$4\r\nPING\r\n/);
        });
    }
});
