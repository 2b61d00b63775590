import type { Move } from "../../clusters/moves";

const dayMs = 24 * 3_600_000;

/** The settings for automatic moves; times in milliseconds. */
export interface AutomaticRules {
    readonly enabled: boolean;
    /** Time for which both probes must have failed. */
    readonly afterMs: number;
    /** Time after any move without an automatic move. */
    readonly coolDownMs: number;
    /** Time for which a probe fails before its alert fires. */
    readonly unreachableForMs: number;
}

/**
 * The reason against an automatic move now; undefined if it is allowed. There is at most one a day: a person must
 * handle a second outage within a day, and the move back.
 */
export function automaticRefusal(rules: AutomaticRules, moves: readonly Move[], now: number): string | undefined {
    const ago = ({ at }: Move) => now - Date.parse(at);
    const recent = moves.find((one) => ago(one) < rules.coolDownMs);
    const today = moves.find((one) => one.automatic && ago(one) < dayMs);
    if (!rules.enabled) {
        return "traffic.automatic.enabled is false";
    }
    if (today !== undefined) {
        return `there was an automatic move at ${today.at}, and only one a day is allowed`;
    }
    if (recent !== undefined) {
        return `users moved at ${recent.at}, and traffic.automatic.coolDown is ${rules.coolDownMs / 1000} s`;
    }
    return undefined;
}

/** An alert in a message of Alertmanager's webhook (prometheus.io/docs, "Webhook"). */
export interface Alert {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
    /** When it began to fire, as RFC 3339. */
    readonly startsAt: string;
    readonly fingerprint: string;
}

/**
 * Time after which an alert counts as over that nobody repeats, in milliseconds. Alertmanager repeats what fires, and
 * never reports the end of what is silenced or inhibited when it ends (prometheus/alertmanager, notify/mute.go).
 */
export const silenceMs = 600_000;

/** The firing alerts, from the webhook's messages. */
export class FiringAlerts {
    /** By fingerprint, with the time of the last message of it. */
    private readonly heard = new Map<string, { readonly alert: Alert; readonly at: number }>();

    take(alerts: readonly Alert[]): void {
        for (const alert of alerts) {
            if (alert.status === "firing") {
                this.heard.set(alert.fingerprint, { alert, at: Date.now() });
            } else {
                this.heard.delete(alert.fingerprint);
            }
        }
    }

    /** Time until the first alert counts as over unless it is repeated, in milliseconds; `Infinity` if none fires. */
    quietIn(): number {
        return Math.min(...this.firing().map(({ at }) => at + silenceMs - Date.now()));
    }

    /**
     * The time at which users of a cluster must move: the hub's probe and the outside probe have both failed for the
     * time in the settings. Undefined unless both fail now: if only the hub has lost a cluster, the cluster still
     * serves its users; if only the outside probe fails, the cause may be the network there.
     */
    dueAt(cluster: string, { afterMs, unreachableForMs }: AutomaticRules): number | undefined {
        const failing = [
            this.since(cluster, ({ alertname }) => alertname === "ClusterUnreachable"),
            this.since(cluster, ({ alertname, vantage }) => alertname === "AgentUnreachable" && vantage === "outside"),
        ];
        const since = failing.filter((time) => time !== undefined);
        return since.length < failing.length ? undefined : Math.max(...since) - unreachableForMs + afterMs;
    }

    /** The clusters whose API server does not answer the hub's probe, and when the alert began, in milliseconds. */
    unreachable(): Map<string, number> {
        const found = this.firing().filter(({ alert: { labels } }) => labels.alertname === "ClusterUnreachable");
        return new Map(found.map(({ alert: { labels, startsAt } }) => [labels.cluster ?? "", Date.parse(startsAt)]));
    }

    private firing() {
        return [...this.heard.values()].filter(({ at }) => Date.now() - at < silenceMs);
    }

    private since(cluster: string, isIt: (labels: Alert["labels"]) => boolean): number | undefined {
        const times = this.firing()
            .filter(({ alert: { labels } }) => labels.cluster === cluster && isIt(labels))
            .map(({ alert: { startsAt } }) => Date.parse(startsAt));
        return times.length === 0 ? undefined : Math.min(...times);
    }
}
