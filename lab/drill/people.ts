import { createServer, type Server } from "node:http";
import { json } from "node:stream/consumers";
import { type Look, waitFor } from "../processes";

/** An alert that reached people. */
export interface Told {
    readonly status: "firing" | "resolved";
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    /** When it arrived, in milliseconds. */
    readonly at: number;
}

interface Message {
    readonly alerts: readonly Omit<Told, "at">[];
}

/** The people who get alerts: a receiver of Alertmanager's webhook that keeps every message. */
export class People {
    readonly told: Told[] = [];
    private server: Server | undefined;

    async listen(port: number): Promise<void> {
        const server = createServer((request, response) => {
            const at = Date.now();
            json(request).then(
                (message) => {
                    this.told.push(...(message as Message).alerts.map((alert) => ({ ...alert, at })));
                    response.end();
                },
                () => response.writeHead(400).end(),
            );
        });
        this.server = server;
        await new Promise<void>((resolve, reject) => {
            server.once("error", reject);
            server.listen(port, "127.0.0.1", resolve);
        });
    }

    /** Waits until an alert with these labels has arrived, after a time in milliseconds. */
    async wait(
        status: Told["status"],
        labels: Readonly<Record<string, string>>,
        { since, timeoutMs }: { readonly since: number; readonly timeoutMs: number },
    ): Promise<Told> {
        const isIt = (alert: Told) =>
            alert.status === status &&
            alert.at >= since &&
            Object.entries(labels).every(([name, value]) => alert.labels[name] === value);
        const look = (): Promise<Look<Told>> => {
            const found = this.told.find(isIt);
            const seen = this.told.map((alert) => `${alert.status} ${alert.labels.alertname} ${alert.labels.cluster ?? ""}`);
            return Promise.resolve(found === undefined ? { seen: seen.join(", ") || "no alert" } : { done: found });
        };
        const what = Object.values(labels).join(" ");
        return waitFor(`${what} to be ${status}`, look, { timeoutMs, intervalMs: 50 });
    }

    close(): void {
        this.server?.close();
        this.server?.closeAllConnections();
    }
}
