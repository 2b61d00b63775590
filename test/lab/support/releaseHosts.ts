import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { EventEmitter, once } from "node:events";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import type { Duplex } from "node:stream";
import { goArch, goOs } from "../../../lab/tools/go";

/** How a host answers a request for a file that it has. */
export type Manner = "whole" | "half and then nothing" | "other bytes";

/** A local server that plays the hosts where projects release their tools. */
export class ReleaseHosts {
    /** Paths asked with GET, each after its host. */
    readonly asked: string[] = [];
    /** Hosts that a client wanted a tunnel to; it gets none. */
    readonly connected: string[] = [];
    /** How archives and programs are sent; checksums are always right. */
    manner: Manner = "whole";
    readonly #files = new Map<string, Buffer>();
    readonly #server = http.createServer((request, response) => this.#answer(request, response));

    readonly #events = new EventEmitter();

    async listen(): Promise<void> {
        this.#server.on("connect", ({ url = "" }: http.IncomingMessage, socket: Duplex) => {
            this.connected.push(url);
            socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
        });
        await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    }

    /** Waits until a file is asked for. */
    async heard(file: RegExp): Promise<void> {
        while (!this.asked.some((each) => file.test(each))) {
            await once(this.#events, "asked", { signal: AbortSignal.timeout(120_000) });
        }
    }

    close(): void {
        this.#server.closeAllConnections();
        this.#server.close();
    }

    /** What makes mise ask this server for any host, as a company's mirror does. */
    get replacements(): string {
        return JSON.stringify({ "regex:^https?://([^/]+)/": `${this.url}/$1/` });
    }

    get url(): string {
        return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    }

    /** Releases kubectl as Kubernetes does: the program itself, and its checksum. */
    releaseKubectl(version: string): void {
        const program = script(`Client Version: v${version}`);
        const file = `dl.k8s.io/v${version}/bin/${goOs}/${goArch}/kubectl`;
        this.#files.set(file, program);
        this.#files.set(`${file}.sha256`, Buffer.from(sha256(program)));
    }

    /** Releases Helm as its project does: an archive, and a file with its checksum and name. */
    releaseHelm(version: string): void {
        const name = `helm-v${version}-${goOs}-${goArch}.tar.gz`;
        const archive = archiveOf(`${goOs}-${goArch}/helm`, script(`v${version}+g0123456`));
        this.#files.set(`get.helm.sh/${name}`, archive);
        this.#files.set(`get.helm.sh/${name}.sha256sum`, Buffer.from(`${sha256(archive)}  ${name}\n`));
    }

    #answer({ method, url = "" }: http.IncomingMessage, response: http.ServerResponse): void {
        // A request through a proxy has the whole address.
        const file = new URL(url, this.url).pathname.slice(1);
        const content = this.#files.get(file);
        if (method === "GET") {
            this.asked.push(file);
            this.#events.emit("asked");
        }
        response.writeHead(content ? 200 : 404, { "content-length": content?.length ?? 0 });
        if (!content || method !== "GET") {
            response.end();
        } else if (this.manner === "whole" || file.includes(".sha256")) {
            response.end(content);
        } else if (this.manner === "other bytes") {
            response.end(Buffer.alloc(content.length));
        } else {
            response.write(content.subarray(0, content.length / 2));
        }
    }
}

/** A program that prints a line. */
function script(line: string): Buffer {
    return Buffer.from(`#!/bin/sh\necho '${line}'\n`);
}

function sha256(bytes: Buffer): string {
    return createHash("sha256").update(bytes).digest("hex");
}

function archiveOf(file: string, content: Buffer): Buffer {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "release-"));
    fs.mkdirSync(path.join(folder, path.dirname(file)));
    fs.writeFileSync(path.join(folder, file), content, { mode: 0o755 });
    const archive = execFileSync("tar", ["-czf", "-", "-C", folder, path.dirname(file)]);
    fs.rmSync(folder, { recursive: true });
    return archive;
}
