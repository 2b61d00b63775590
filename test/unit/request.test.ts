import { expect } from "chai";
import * as http from "node:http";
import type * as net from "node:net";
import type { ClusterAddress } from "../../clusters/kubeconfig";
import { get } from "../../clusters/request";
import { waitFor } from "../../clusters/wait";
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
