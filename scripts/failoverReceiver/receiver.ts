import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";
import type { Alert } from "./automatic";

/** Limit of a message, in bytes: Alertmanager sends a few kilobytes for each alert. */
const maxBytes = 1024 * 1024;

const message = z.object({
    alerts: z.array(
        z.object({
            status: z.string(),
            labels: z.record(z.string(), z.string()),
            startsAt: z.string(),
            fingerprint: z.string(),
        }),
    ),
});

export interface ReceiverArgs {
    /** Alertmanager's bearer token. */
    readonly token: string;
    /** Gets the alerts of each message. */
    readonly take: (alerts: readonly Alert[]) => void;
    readonly say: (line: string) => void;
}

/**
 * Receives Alertmanager's webhook. It answers 202 immediately, and logs the result. Without the token, it answers 401
 * and reads nothing.
 */
export function receiver({ token, take, say }: ReceiverArgs): Server {
    return createServer((request, response) => {
        const end = (status: number) => response.writeHead(status, { connection: "close" }).end();
        if (!isAuthorized(request, token)) {
            end(401);
        } else if (request.method !== "POST" || request.url !== "/alerts") {
            end(404);
        } else if (Number(request.headers["content-length"] ?? maxBytes) >= maxBytes) {
            end(413);
        } else {
            text(request)
                .then((body) => message.parse(JSON.parse(body)).alerts)
                .then(
                    (alerts) => {
                        end(202);
                        for (const { status, labels, startsAt } of alerts) {
                            const { alertname, cluster = "-", vantage = "" } = labels;
                            say(`${status}: ${alertname} ${cluster} ${vantage} since ${startsAt}`);
                        }
                        take(alerts);
                    },
                    () => end(400),
                );
        }
    });
}

function isAuthorized({ headers }: IncomingMessage, token: string): boolean {
    const [given, expected] = [headers.authorization ?? "", `Bearer ${token}`].map((value) => Buffer.from(value));
    return given?.length === expected?.length && timingSafeEqual(given!, expected!);
}
