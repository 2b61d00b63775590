import type { ArgoCdsView } from "../support/argoCdsView";
import { type Alert, FiringAlerts, silenceMs } from "./automatic";

/** Pause before Argo CD is asked again about a cluster that it could read, in milliseconds. */
const askAgainMs = 600_000;

/** Pause before what failed is tried again, in milliseconds. */
const retryMs = 60_000;

export interface SkipperArgs {
    /** How long `ClusterUnreachable` must have fired, in milliseconds. */
    readonly afterMs: number;
    /** Clusters that this receiver has Argo CD leave alone. */
    readonly held: () => Promise<readonly string[]>;
    /** Argo CD's own view of a cluster. */
    readonly viewOf: (cluster: string) => Promise<ArgoCdsView>;
    /** Has Argo CD leave a cluster alone, or work on it again. */
    readonly skip: (cluster: string, since: string, view: ArgoCdsView) => Promise<void>;
    readonly resume: (cluster: string) => Promise<void>;
    readonly say: (line: string) => void;
}

/**
 * Has Argo CD leave a cluster alone while the hub's probe of its API server fails, if Argo CD cannot read it either.
 * It does one thing after another, and keeps in memory only the alerts: what it has done is on the hub.
 */
export class Skipper {
    private readonly firing = new FiringAlerts();
    private readonly recovered = new Set<string>();
    /** Clusters that Argo CD could read, with the start of the alert, and when it is asked again. */
    private readonly readable = new Map<string, { readonly since: number; readonly again: number }>();
    private readonly started = Date.now();
    private timer: NodeJS.Timeout | undefined;
    private work = Promise.resolve();

    constructor(private readonly args: SkipperArgs) {}

    /** Ends when what is due is done; an error is said, and not thrown. */
    async take(alerts: readonly Alert[]): Promise<void> {
        this.firing.take(alerts);
        for (const { labels, status } of alerts) {
            if (labels.alertname === "ClusterUnreachable" && status !== "firing") {
                this.recovered.add(labels.cluster ?? "");
            }
        }
        await this.look();
    }

    /** Does what is due, after what is under way. */
    async look(): Promise<void> {
        clearTimeout(this.timer);
        this.work = this.work.then(() => this.doAll());
        await this.work;
    }

    private async doAll(): Promise<void> {
        const next = await this.trying(async () => {
            const held = await this.args.held();
            const waits = [this.firing.quietIn()];
            for (const [cluster, since] of this.firing.unreachable()) {
                const due = since + this.args.afterMs - Date.now();
                if (due > 0) {
                    waits.push(due);
                } else if (!held.includes(cluster)) {
                    const asked = this.readable.get(cluster);
                    const pause = asked?.since === since ? asked.again - Date.now() : 0;
                    waits.push(pause > 0 ? pause : await this.trying(() => this.skip(cluster, since)));
                }
            }
            // After a start it is not known yet which alerts fire.
            const silence = this.started + silenceMs - Date.now();
            for (const cluster of held.filter((one) => !this.firing.unreachable().has(one))) {
                const isBack = this.recovered.has(cluster) || silence <= 0;
                waits.push(isBack ? await this.trying(() => this.resume(cluster)) : silence);
            }
            return Math.min(...waits);
        });
        clearTimeout(this.timer);
        if (next < Infinity) {
            // The receiver's server keeps the process.
            this.timer = setTimeout(() => void this.look(), next).unref();
        }
    }

    /** Logs an error, so that one cluster does not hold up another. Returns when to look again, in milliseconds. */
    private async trying(work: () => Promise<number | void | undefined>): Promise<number> {
        try {
            return (await work()) ?? Infinity;
        } catch (error) {
            this.args.say((error as Error).message);
            return retryMs;
        }
    }

    private async resume(cluster: string): Promise<void> {
        await this.args.resume(cluster);
        this.args.say(`no alert says any more that ${cluster} does not answer, and Argo CD works on it`);
    }

    private async skip(cluster: string, since: number): Promise<number | undefined> {
        const view = await this.args.viewOf(cluster);
        if (view.says === "reached" || view.says === "refused") {
            this.readable.set(cluster, { since, again: Date.now() + askAgainMs });
            this.args.say(`the hub's probe of ${cluster} fails, and Argo CD goes on with it: ${view.why}`);
            return askAgainMs;
        }
        if (this.firing.unreachable().get(cluster) === since) {
            await this.args.skip(cluster, new Date(since).toISOString(), view);
            this.recovered.delete(cluster);
            this.args.say(`Argo CD leaves ${cluster} alone until its API server answers: ${view.why}`);
        }
        return undefined;
    }
}
