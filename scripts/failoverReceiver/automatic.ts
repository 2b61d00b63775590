import type { Move } from "../../clusters/moves";

const dayMs = 24 * 3_600_000;

/** What the settings say of moves without a person; times in milliseconds. */
export interface AutomaticRules {
    readonly enabled: boolean;
    /** How long both probes must have failed. */
    readonly afterMs: number;
    /** For how long after any move there is no automatic one. */
    readonly coolDownMs: number;
    /** How long a probe fails before its alert fires. */
    readonly unreachableForMs: number;
}

/**
 * Why there may be no automatic move now; undefined where there may be one. At most one a day: a second outage within
 * a day is for a person, and so is the way back.
 */
export function automaticRefusal(rules: AutomaticRules, moves: readonly Move[], now: number): string | undefined {
    const ago = ({ at }: Move) => now - Date.parse(at);
    const recent = moves.find((one) => ago(one) < rules.coolDownMs);
    const today = moves.find((one) => one.automatic && ago(one) < dayMs);
    if (!rules.enabled) {
        return "traffic.automatic.enabled is off";
    }
    if (today !== undefined) {
        return `there was an automatic move at ${today.at}, and there is at most one a day`;
    }
    if (recent !== undefined) {
        return `users moved at ${recent.at}, and traffic.automatic.coolDown is ${rules.coolDownMs / 1000} s`;
    }
    return undefined;
}

/** An alert as Alertmanager's webhook sends it (prometheus.io/docs, "Webhook"). */
export interface Alert {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
    /** When it began to fire, as RFC 3339. */
    readonly startsAt: string;
    readonly fingerprint: string;
}

/** The alerts that fire, as far as the webhook was told. */
export class FiringAlerts {
    private readonly alerts = new Map<string, Alert>();

    take(alerts: readonly Alert[]): void {
        for (const alert of alerts) {
            if (alert.status === "firing") {
                this.alerts.set(alert.fingerprint, alert);
            } else {
                this.alerts.delete(alert.fingerprint);
            }
        }
    }

    /**
     * When users of a cluster are to be moved: both the hub's probe and the outside probe have failed for the time that
     * the settings say. Undefined unless both fail now: a cluster that the hub alone has lost serves its users, and one
     * that users alone have lost may be a matter of their network.
     */
    dueAt(cluster: string, { afterMs, unreachableForMs }: AutomaticRules): number | undefined {
        const failing = [
            this.since(cluster, ({ alertname }) => alertname === "ClusterUnreachable"),
            this.since(cluster, ({ alertname, vantage }) => alertname === "AgentUnreachable" && vantage === "outside"),
        ];
        const since = failing.filter((time) => time !== undefined);
        return since.length < failing.length ? undefined : Math.max(...since) - unreachableForMs + afterMs;
    }

    private since(cluster: string, isIt: (labels: Alert["labels"]) => boolean): number | undefined {
        const times = [...this.alerts.values()]
            .filter(({ labels }) => labels.cluster === cluster && isIt(labels))
            .map(({ startsAt }) => Date.parse(startsAt));
        return times.length === 0 ? undefined : Math.min(...times);
    }
}
