import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** A Git host that asks for a user and a token, in front of the lab's own Git server. */
export interface GitGate {
    readonly url: string;
    readonly close: () => Promise<void>;
}

/**
 * Opens the gate on loopback.
 *
 * @param behind URL of the repository behind it
 * @param token what the user `git` has to give
 */
export async function openGitGate(behind: string, token: string): Promise<GitGate> {
    const target = new URL(behind);
    const expected = `Basic ${Buffer.from(`git:${token}`).toString("base64")}`;
    const server = createServer((asked, answer) => {
        if (asked.headers.authorization !== expected) {
            answer.writeHead(401, { "www-authenticate": 'Basic realm="private"' }).end();
            return;
        }
        const { headers, method, url } = asked;
        const forwarded = request(
            { host: target.hostname, port: target.port, path: url, method, headers },
            (response) => {
                answer.writeHead(response.statusCode ?? 502, response.headers);
                response.pipe(answer);
            },
        );
        forwarded.on("error", () => answer.writeHead(502).end());
        asked.pipe(forwarded);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return {
        url: `http://127.0.0.1:${port}${target.pathname}`,
        close: () => new Promise((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
        }),
    };
}
