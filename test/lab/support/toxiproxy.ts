import { freePorts, startProcess, stopProcess, waitFor } from "../../../lab/processes";
import { ensureExtras, toolPath } from "../../../lab/tools";

const processName = "toxiproxy";
const startLimitMs = 30_000;

/** A fault of a connection, as Toxiproxy has it (github.com/Shopify/toxiproxy, "Toxics"). */
export interface Toxic {
    readonly type: "latency" | "timeout" | "reset_peer" | "limit_data" | "slow_close" | "bandwidth";
    /** In milliseconds, bytes, or kilobytes for each second. */
    readonly attributes: Readonly<Record<string, number>>;
    /** The part of the connections that have it, from 0 to 1; default all. */
    readonly toxicity?: number;
    /** What the client sends, or what the server answers; default the answers. */
    readonly stream?: "upstream" | "downstream";
}

/** The network in front of one server. */
export interface Network {
    /** The server's URL behind it. */
    readonly url: string;
    /** Puts faults on the connections that are open, and on all later ones, in place of earlier faults. */
    have(toxics: readonly Toxic[]): Promise<void>;
    /** Ends Toxiproxy. */
    close(): Promise<void>;
}

/**
 * Starts Toxiproxy on loopback in front of a server. It passes on what comes, TLS included, so each side sees the
 * other's own certificate.
 *
 * @param server the server's URL
 */
export async function openNetwork(server: string): Promise<Network> {
    await ensureExtras(["toxiproxy-server"], () => undefined);
    const [apiPort = 0, port = 0] = await freePorts(2);
    await startProcess({
        name: processName,
        command: toolPath("toxiproxy-server"),
        args: ["-host", "127.0.0.1", "-port", String(apiPort)],
        env: {},
        ports: [apiPort, port],
    });
    const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
        const answer = await fetch(`http://127.0.0.1:${apiPort}${path}`, {
            method,
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        if (!answer.ok) {
            throw new Error(`Toxiproxy answers ${answer.status} to ${method} ${path}: ${await answer.text()}`);
        }
        return answer.status === 204 ? undefined : answer.json();
    };
    const look = async () => ({ done: await ask("GET", "/proxies") });
    await waitFor("Toxiproxy to listen", look, { timeoutMs: startLimitMs, processes: [processName] });
    const { host } = new URL(server);
    await ask("POST", "/proxies", { name: "server", listen: `127.0.0.1:${port}`, upstream: host });
    let count = 0;
    return {
        url: `https://127.0.0.1:${port}`,
        have: async (toxics) => {
            const old = (await ask("GET", "/proxies/server/toxics")) as { name: string }[];
            // The new ones first: what an old one still holds goes through them.
            for (const toxic of toxics) {
                await ask("POST", "/proxies/server/toxics", { name: `toxic-${++count}`, ...toxic });
            }
            for (const { name } of old) {
                await ask("DELETE", `/proxies/server/toxics/${name}`);
            }
        },
        close: async () => void (await stopProcess(processName)),
    };
}
