import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { gitEnvironment } from "./gitRepository";

/**
 * Serves bare repositories for reading over HTTP on loopback, through Git's own CGI program
 * (git-http-backend(1)). There is no push over HTTP: users with write access push to the folder.
 */
export function serveGit(root: string, port: number): Server {
    const server = createServer((request, response) => {
        const target = parseTarget(request.url ?? "/");
        if (!target) {
            response.writeHead(400).end("This is not the path of a repository.\n");
        } else if (target.path === "/healthz") {
            response.end("ok\n");
        } else if (target.path.endsWith("/git-receive-pack") || target.query.includes("git-receive-pack")) {
            response.writeHead(403).end("This server is read-only: push to the repository's path instead.\n");
        } else {
            runBackend(root, target, request, response);
        }
    });
    return server.listen(port, "127.0.0.1");
}

interface Target {
    readonly path: string;
    readonly query: string;
}

/** The decoded path and the query of a request; undefined if they cannot be parsed. */
function parseTarget(requested: string): Target | undefined {
    try {
        const { pathname, search } = new URL(requested, "http://localhost");
        const path = decodeURIComponent(pathname);
        // A program's argument cannot contain NUL.
        return path.includes("\0") ? undefined : { path, query: search.slice(1) };
    } catch {
        return undefined;
    }
}

function runBackend(root: string, { path, query }: Target, request: IncomingMessage, response: ServerResponse): void {
    const { headers } = request;
    const backend = spawn("git", ["http-backend"], {
        env: {
            ...gitEnvironment(),
            GIT_PROJECT_ROOT: root,
            GIT_HTTP_EXPORT_ALL: "1",
            REQUEST_METHOD: request.method ?? "GET",
            PATH_INFO: path,
            QUERY_STRING: query,
            REMOTE_ADDR: "127.0.0.1",
            CONTENT_TYPE: headers["content-type"] ?? "",
            CONTENT_LENGTH: headers["content-length"] ?? "",
            HTTP_CONTENT_ENCODING: headers["content-encoding"] ?? "",
            GIT_PROTOCOL: String(headers["git-protocol"] ?? ""),
        },
        stdio: ["pipe", "pipe", "inherit"],
    });
    backend.on("error", (error) => response.writeHead(500).end(`cannot run git http-backend: ${error.message}\n`));
    // A client that disconnects, or a backend that ends early, breaks the pipe: the server continues.
    backend.stdin.on("error", () => undefined);
    response.on("close", () => backend.kill());
    request.pipe(backend.stdin);
    forwardAnswer(backend.stdout, response);
}

/** Turns a CGI answer (RFC 3875: header lines, an empty line, the body) into an HTTP one. */
function forwardAnswer(output: NodeJS.ReadableStream, response: ServerResponse): void {
    let head = Buffer.alloc(0);
    output.on("data", (part: Buffer) => {
        if (response.headersSent) {
            response.write(part);
            return;
        }
        head = Buffer.concat([head, part]);
        const end = head.indexOf("\r\n\r\n");
        if (end >= 0) {
            const { status, headers } = parseHead(head.subarray(0, end).toString("latin1"));
            response.writeHead(status, headers);
            response.write(head.subarray(end + 4));
        }
    });
    output.on("end", () => {
        if (!response.headersSent) {
            response.writeHead(502);
        }
        response.end();
    });
}

/** Status and headers of a CGI answer; without a Status line it is 200. */
export function parseHead(text: string): { status: number; headers: [string, string][] } {
    const lines = text.split("\r\n").map((line): [string, string] => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    const status = lines.find(([name]) => name.toLowerCase() === "status")?.[1];
    const headers = lines.filter(([name]) => name.toLowerCase() !== "status");
    return { status: status ? Number.parseInt(status, 10) : 200, headers };
}
