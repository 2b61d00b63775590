import type { Due } from "../failover/ahead";
import { type Alert, type AutomaticRules, FiringAlerts } from "./automatic";

/** A move begins this long before it is due, in milliseconds: time for its plan, which takes some seconds. */
const leadMs = 60_000;

export interface MoverArgs {
    /** Reads the active cluster and the rules; called for each message, because settings change. */
    readonly rules: () => Promise<{ readonly active: string; readonly rules: AutomaticRules }>;
    /** Moves users when it is due; an error of it is logged, and the next message tries again. */
    readonly move: (active: string, reason: string, due: Due) => Promise<void>;
    readonly say: (line: string) => void;
}

/** Moves users when both probes of the active cluster have failed for long enough; never two moves at the same time. */
export class Mover {
    private readonly firing = new FiringAlerts();
    private timer: NodeJS.Timeout | undefined;
    private moving = false;
    private toldMeanwhile = false;

    constructor(private readonly args: MoverArgs) {}

    /** Ends when nothing is under way any more; an error is said, and not thrown. */
    async take(alerts: readonly Alert[]): Promise<void> {
        this.firing.take(alerts);
        await this.look();
    }

    private async look(): Promise<void> {
        this.toldMeanwhile = this.moving;
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
        if (this.toldMeanwhile) {
            await this.look();
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
        }
        if (wait > leadMs) {
            this.timer = setTimeout(() => void this.look(), wait - leadMs);
            return;
        }
        const seconds = rules.afterMs / 1000;
        const reason = `the hub's probe and the outside probe of ${active} have failed for ${seconds} s`;
        const holds = () => (this.firing.dueAt(active, rules) ?? Infinity) <= due;
        await this.args.move(active, reason, { at: due, holds });
    }
}
