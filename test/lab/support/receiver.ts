import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type Look, waitFor } from "../../../lab/processes";

/** What Argo CD tells a webhook of one Application. */
export interface Message {
    readonly event: string;
    readonly application: string;
    readonly revision: string;
    readonly [fact: string]: string;
}

/** A webhook on loopback that keeps what it is told, and refuses whoever lacks the token. */
export interface Receiver {
    readonly url: string;
    readonly messages: readonly Message[];
    /** Waits for a message with those facts. */
    readonly heard: (facts: Partial<Message>) => Promise<Message>;
    readonly close: () => Promise<void>;
}

/** Opens the webhook. */
export async function openReceiver(token: string): Promise<Receiver> {
    const messages: Message[] = [];
    const server = createServer((asked, answer) => {
        if (asked.method !== "POST" || asked.headers.authorization !== `Bearer ${token}`) {
            answer.writeHead(401).end();
            return;
        }
        void text(asked).then((body) => {
            messages.push(JSON.parse(body) as Message);
            answer.writeHead(204).end();
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const find = (facts: Partial<Message>) =>
        messages.find((message) => Object.entries(facts).every(([key, value]) => message[key] === value));
    return {
        url: `http://127.0.0.1:${port}/hook`,
        messages,
        heard: (facts) =>
            waitFor(
                `a message with ${JSON.stringify(facts)}`,
                (): Promise<Look<Message>> => {
                    const found = find(facts);
                    return Promise.resolve(found ? { done: found } : { seen: JSON.stringify(messages.slice(-5)) });
                },
                { timeoutMs: 60_000 },
            ),
        close: () =>
            new Promise((resolve) => {
                server.close(() => resolve());
                server.closeAllConnections();
            }),
    };
}
