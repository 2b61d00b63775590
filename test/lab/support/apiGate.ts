import * as fs from "node:fs";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { readCredentials } from "../../../lab/clusters/api";
import type { ClusterName } from "../../../lab/clusters";
import { kubeconfigPath, labDir } from "../../../lab/paths";

/** A request to an API server at which everything is to stop. */
export interface Moment {
    readonly cluster: ClusterName;
    readonly method: "GET" | "POST" | "PATCH" | "DELETE";
    readonly path: RegExp;
    /** Name of the object in the request's body. */
    readonly name?: RegExp;
    /** Before the API server has it, or when it has done it and the answer is still on its way. */
    readonly when: "asked" | "answered";
}

/** API servers behind a gate that stops all requests at a chosen one. */
export interface ApiGate {
    /** A kubeconfig with the lab's contexts, in which the clusters are behind the gate. */
    readonly kubeconfig: string;
    /** URL of the gate in front of a cluster. */
    urlOf(cluster: ClusterName): string;
    /** Resolves when the moment is there: from then on nothing passes, until the gate is opened. */
    stopAt(moment: Moment): Promise<void>;
    open(): void;
    /** Breaks all connections, as a network does that loses them, and opens. */
    cut(): void;
    close(): Promise<void>;
}

interface KubeConfigFile {
    readonly clusters: readonly { readonly name: string; readonly cluster: { server: string } }[];
}

/** How a gate differs from the API servers behind it. */
export interface GateOptions {
    /** The cluster whose certificate it serves with; the default is each cluster's own. */
    readonly certificateOf?: ClusterName;
    /** Address on loopback. */
    readonly host?: string;
    /** Whether it refuses tokens, as a proxy does that knows only its own. */
    readonly refusesTokens?: boolean;
}

/** Opens a gate on loopback in front of some of the lab's API servers. */
export async function openApiGate(
    clusters: readonly ClusterName[],
    { certificateOf, host = "127.0.0.1", refusesTokens = false }: GateOptions = {},
): Promise<ApiGate> {
    const kubeconfig = path.join(labDir, "gated-kubeconfig");
    const config = parse(fs.readFileSync(kubeconfigPath, "utf8")) as KubeConfigFile;
    let awaited: { readonly moment: Moment; readonly reached: () => void } | undefined;
    let stopped = false;

    const reaches = (cluster: ClusterName, request: https.RequestOptions, body: string, when: Moment["when"]) => {
        const moment = awaited?.moment;
        const isIt =
            moment !== undefined &&
            moment.cluster === cluster &&
            moment.when === when &&
            moment.method === request.method &&
            moment.path.test(request.path ?? "") &&
            (moment.name === undefined || moment.name.test(nameIn(body)));
        if (isIt) {
            stopped = true;
            awaited?.reached();
            awaited = undefined;
        }
    };
    const servers = await Promise.all(
        clusters.map(async (cluster) => {
            const entry = config.clusters.find(({ name }) => name === cluster);
            if (entry === undefined) {
                throw new Error(`the lab's kubeconfig has no cluster ${cluster}`);
            }
            const behind = new URL(entry.cluster.server);
            const { ca, cert, key } = readCredentials(cluster);
            const shown = readCredentials(certificateOf ?? cluster);
            const server = https.createServer({ cert: shown.cert, key: shown.key }, (asked, answer) => {
                if (refusesTokens && asked.headers.authorization !== undefined) {
                    answer.writeHead(401).end();
                    return;
                }
                const chunks: Buffer[] = [];
                asked.on("data", (chunk: Buffer) => chunks.push(chunk));
                asked.on("end", () => {
                    const body = Buffer.concat(chunks);
                    const { method, url, headers } = asked;
                    // Who shows a token speaks for himself; the others were let in by a certificate.
                    const identity = headers.authorization === undefined ? { cert, key } : {};
                    const options: https.RequestOptions = {
                        host: behind.hostname, port: behind.port, path: url, method, headers, ca, agent: false,
                        ...identity,
                    };
                    reaches(cluster, options, body.toString("utf8"), "asked");
                    if (stopped) {
                        return;
                    }
                    const forwarded = https.request(options, (response) => {
                        if ((response.statusCode ?? 500) < 300) {
                            reaches(cluster, options, body.toString("utf8"), "answered");
                        }
                        if (!stopped) {
                            answer.writeHead(response.statusCode ?? 502, response.headers);
                            response.pipe(answer);
                        }
                    });
                    forwarded.on("error", () => answer.destroy());
                    answer.on("close", () => forwarded.destroy());
                    forwarded.end(body);
                });
            });
            await new Promise<void>((resolve) => server.listen(0, host, resolve));
            entry.cluster.server = `https://${host}:${(server.address() as AddressInfo).port}`;
            return server;
        }),
    );
    fs.writeFileSync(kubeconfig, stringify(config), { mode: 0o600 });
    const open = () => {
        stopped = false;
        awaited = undefined;
    };
    return {
        kubeconfig,
        urlOf: (cluster) => config.clusters.find(({ name }) => name === cluster)?.cluster.server ?? "",
        stopAt: (moment) => new Promise((reached) => (awaited = { moment, reached })),
        open,
        cut: () => {
            servers.forEach((server) => server.closeAllConnections());
            open();
        },
        close: async () => {
            fs.rmSync(kubeconfig);
            await Promise.all(servers.map((server) => {
                server.closeAllConnections();
                return new Promise((resolve) => server.close(resolve));
            }));
        },
    };
}

function nameIn(body: string): string {
    try {
        return (JSON.parse(body) as { metadata?: { name?: string } }).metadata?.name ?? "";
    } catch {
        return "";
    }
}
