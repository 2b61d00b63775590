import type { Application } from "../../../clusters/applications";
import type { Release } from "../../../clusters/releases";
import { type Pin, pinText } from "../../../settings/pins";
import type { AskSeries } from "../../../scripts/promote/rings/prometheus";
import type { Cluster, Move, Rules, World } from "../../../scripts/promote/rings/world";

/** A cluster that tests can break. */
interface Fake {
    labels?: Record<string, string>;
    quarantined?: boolean;
    runs?: boolean;
    /** Not registered on the hub. */
    unregistered?: boolean;
    dead?: boolean;
    /** The revision that is Degraded on it. */
    breaksAt?: string;
    /** Comes to be Synced, but never Healthy. */
    hangsAt?: string;
}

/** An environment of a hub in memory, with a clock that only moves while something waits. */
export class FakeFleet {
    clock = Date.parse("2026-01-01T12:00:00Z");
    record: Release | undefined;
    readonly said: string[] = [];
    /** The pins in the stack file, and on the hub. */
    readonly file: Record<string, Pin> = {};
    readonly hub: Record<string, Pin> = {};
    /** Each `up`: the clusters whose pins it brought up. */
    readonly ups: string[][] = [];
    private readonly since: Record<string, number> = {};
    /** Called at each wait. */
    onWait: () => void | Promise<void> = () => undefined;
    /** Called after the preview of a move. */
    onPreview: (on: readonly string[]) => void | Promise<unknown> = () => undefined;
    /** Called after a cluster's pin has moved. */
    onUp: (name: string) => void | Promise<unknown> = () => undefined;
    /** What the record of promotions refuses after ways back, by cluster. */
    readonly replaced: string[] = [];
    askSeries: AskSeries = () => Promise.resolve([]);
    /** Errors of the next `up`s. */
    readonly errors: Error[] = [];
    /** How often a process has looked at the clock, the record or the clusters. */
    private looks = 0;

    constructor(readonly clusters: Record<string, Fake>, pin: Pin = { revision: "old" }) {
        for (const [name, { unregistered }] of Object.entries(clusters)) {
            this.file[name] = pin;
            if (!unregistered) {
                this.hub[name] = pin;
                this.since[name] = this.clock - 3_600_000;
            }
        }
    }

    /** What one process sees. */
    world(): World {
        const entries = Object.entries(this.clusters).map(([name, fake]): [string, Cluster] => [
            name,
            {
                application: `agent-${name}`,
                argoCdName: name,
                labels: fake.labels ?? {},
                quarantined: fake.quarantined ?? false,
                runs: fake.runs ?? true,
                pin: this.hub[name],
                filePin: this.file[name] ?? {},
            },
        ]);
        return {
            clusters: Object.fromEntries(entries),
            now: () => this.looked(this.clock),
            sleep: async (milliseconds) => {
                this.clock += milliseconds;
                await this.onWait();
            },
            say: (line) => void this.said.push(line),
            applications: () => Promise.resolve(Object.keys(this.hub).map((name) => this.application(name))),
            dead: () => {
                const dead = Object.keys(this.clusters).filter((name) => this.clusters[name]?.dead);
                return Promise.resolve(this.looked(Object.fromEntries(dead.map((name) => [name, "it does not answer"]))));
            },
            pins: () => Promise.resolve({ ...this.hub }),
            write: (pins) => Promise.resolve(void Object.assign(this.file, pins)),
            move: (asked) => this.move(asked),
            read: () => Promise.resolve(this.looked(this.record)),
            change: (next) => {
                this.record = JSON.parse(JSON.stringify(next(this.record))) as Release;
                return Promise.resolve(this.record);
            },
            askSeries: (...asked) => this.askSeries(...asked),
        };
    }

    /** What a look sees. A release that would go on for ever is an error: its clock does not end a test. */
    private looked<T>(seen: T): T {
        this.looks += 1;
        if (this.looks > 20_000) {
            throw new Error(`the release does not end: ${JSON.stringify(this.record)}`);
        }
        return seen;
    }

    /** As if each cluster had a shard of its own. */
    private async move({ pins, on, dead, replaces, ready }: Move): Promise<void> {
        if (on.length === 0) {
            Object.assign(this.file, pins);
            return;
        }
        const error = this.errors.shift();
        if (error !== undefined) {
            throw error;
        }
        const unknown = Object.keys(this.clusters).find((name) => this.clusters[name]?.dead && !dead.includes(name));
        if (unknown !== undefined) {
            throw new Error(`${unknown} cannot be reached`);
        }
        await this.onPreview(on);
        await ready();
        this.replaced.push(...(replaces === undefined ? [] : on.map((name) => `${name}: ${replaces}`)));
        for (const name of on) {
            await ready();
            Object.assign(this.file, pins);
            if (pinText(this.hub[name] ?? {}) !== pinText(pins[name] ?? {})) {
                this.since[name] = this.clock;
            }
            this.hub[name] = pins[name] ?? {};
            await this.onUp(name);
        }
        this.ups.push([...on]);
    }

    /** Argo CD's view: it delivers a new pin in 20 seconds, and calls a dead cluster what it was. */
    private application(name: string): Application {
        const { dead, quarantined, breaksAt, hangsAt } = this.clusters[name] ?? {};
        const target = pinText(this.hub[name] ?? {}) ?? "main";
        const isThere = !dead && !quarantined && this.clock >= (this.since[name] ?? 0) + 20_000;
        const revision = isThere ? target : "before";
        const health = target === breaksAt ? "Degraded" : target === hangsAt ? "Progressing" : "Healthy";
        const at = new Date((this.since[name] ?? 0) + 20_000).toISOString();
        const comparedTo = { source: { targetRevision: revision } };
        return {
            metadata: { name: `agent-${name}` },
            spec: { source: { targetRevision: target } },
            status: {
                sync: { status: isThere ? "Synced" : "OutOfSync", revision, comparedTo },
                health: { status: isThere ? health : "Healthy", lastTransitionTime: at },
                operationState: { phase: isThere ? "Succeeded" : "Running", finishedAt: at, syncResult: { revision } },
            },
        };
    }

    /** Clusters with a pin on the hub. */
    with(revision: string): string[] {
        return Object.keys(this.hub).filter((name) => pinText(this.hub[name] ?? {}) === revision);
    }
}

/** The rules of a process. */
export function rulesOf(more: Partial<Rules> = {}): Rules {
    const command = "npm run promote -- --to prod";
    return { gates: [], onFailure: "back", runner: "one", timeout: undefined, command, ...more };
}
