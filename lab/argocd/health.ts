import * as net from "node:net";
import type { Look } from "../processes";

const lookLimitMs = 3_000;

/** Checks whether an HTTP endpoint answers 200. */
export async function lookAtHttp(url: string): Promise<Look<true>> {
    const response = await fetch(url, { signal: AbortSignal.timeout(lookLimitMs) });
    const text = (await response.text()).slice(0, 200);
    return response.ok ? { done: true } : { seen: `${url} answered ${response.status}: ${text}` };
}

/** Checks whether Redis on a loopback port accepts the password and answers a ping. */
export async function lookAtRedis(port: number, password: string): Promise<Look<true>> {
    const answer = await new Promise<string>((resolve, reject) => {
        let text = "";
        const socket = net.connect({ host: "127.0.0.1", port }, () => {
            socket.write(command("AUTH", password) + command("PING") + command("QUIT"));
        });
        socket.setTimeout(lookLimitMs, () => socket.destroy(new Error(`Redis on port ${port} does not answer`)));
        socket.setEncoding("utf8");
        socket.on("data", (part: string) => (text += part));
        socket.on("error", reject);
        socket.on("close", () => resolve(text));
    });
    return answer.includes("+PONG") ? { done: true } : { seen: `Redis answered ${answer.split("\r\n", 1).join("")}` };
}

/** A command in Redis's wire format (redis.io, "Redis serialization protocol"). */
function command(...words: string[]): string {
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    return `*${words.length}\r\n${parts.join("")}`;
}
