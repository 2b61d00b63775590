import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { type Alert, type AutomaticRules, FiringAlerts } from "./automatic";

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
    /** Reads the active cluster and the rules; called for each message, because settings change. */
    readonly rules: () => Promise<{ readonly active: string; readonly rules: AutomaticRules }>;
    /** Moves users; the receiver logs an error of it, and tries again at the next message. */
    readonly move: (active: string, reason: string) => Promise<void>;
    readonly say: (line: string) => void;
}

/**
 * Receives Alertmanager's webhook and moves users when both probes of the active cluster have failed for long enough.
 * It answers 202 immediately, and logs the result. Without the token, it answers 401 and reads nothing.
 */
export function receiver(args: ReceiverArgs): Server {
    const mover = new Mover(args);
    return createServer((request, response) => {
        const end = (status: number) => response.writeHead(status, { connection: "close" }).end();
        if (!isAuthorized(request, args.token)) {
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
                        mover.take(alerts);
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

/** Waits until a move is due, and starts it; never two at the same time. */
class Mover {
    private readonly firing = new FiringAlerts();
    private timer: NodeJS.Timeout | undefined;
    private moving = false;

    constructor(private readonly args: ReceiverArgs) {}

    take(alerts: readonly Alert[]): void {
        for (const { status, labels, startsAt } of alerts) {
            const { alertname, cluster = "-", vantage = "" } = labels;
            this.args.say(`${status}: ${alertname} ${cluster} ${vantage} since ${startsAt}`);
        }
        this.firing.take(alerts);
        void this.look();
    }

    private async look(): Promise<void> {
        if (this.moving) {
            return;
        }
        this.moving = true;
        clearTimeout(this.timer);
        try {
            await this.moveIfDue();
        } catch (error) {
            this.args.say((error as Error).message);
        } finally {
            this.moving = false;
        }
    }

    private async moveIfDue(): Promise<void> {
        const { active, rules } = await this.args.rules();
        const due = this.firing.dueAt(active, rules);
        if (due === undefined) {
            return;
        }
        const wait = due - Date.now();
        if (wait > 0) {
            this.args.say(`both probes of ${active} fail; users move in ${(wait / 1000).toFixed(0)} s unless one recovers`);
            this.timer = setTimeout(() => void this.look(), wait);
            return;
        }
        const seconds = rules.afterMs / 1000;
        await this.args.move(active, `the hub's probe and the outside probe of ${active} have failed for ${seconds} s`);
    }
}
