import * as net from "node:net";
import { listProcesses } from "./records";

/**
 * Below the ports that Linux (32768 and up) and macOS (49152 and up) give to outgoing connections,
 * so that no outgoing connection takes a free port before its owner listens.
 */
const firstPort = 20_000;
const portCount = 10_000;
const maxTries = 500;

/** Finds `count` distinct loopback ports that nothing listens on, no process of this lab has, nor `avoid` names. */
export async function freePorts(count: number, avoid: Iterable<number> = []): Promise<number[]> {
    const taken = new Set(avoid);
    listProcesses().forEach((record) => record.ports.forEach((port) => taken.add(port)));
    const found: number[] = [];
    for (let tries = 0; found.length < count; tries++) {
        if (tries >= maxTries + count) {
            throw new Error(
                `found only ${found.length} of ${count} free ports among ${firstPort} to ` +
                    `${firstPort + portCount - 1}: end the programs that listen there, such as another lab (npm run lab:down)`,
            );
        }
        const port = firstPort + Math.floor(Math.random() * portCount);
        if (!taken.has(port) && (await isFree(port))) {
            taken.add(port);
            found.push(port);
        }
    }
    return found;
}

/** The earlier port if it is free, so that addresses stay; otherwise another free port. */
export async function keepPort(before: number | undefined): Promise<number> {
    return before !== undefined && (await isFree(before)) ? before : (await freePorts(1))[0]!;
}

/** Whether this process could listen on the loopback port now. */
export async function isFree(port: number): Promise<boolean> {
    const server = net.createServer();
    return new Promise((resolve) => {
        server.once("error", () => resolve(false));
        server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
    });
}
