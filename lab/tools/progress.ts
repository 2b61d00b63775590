import type { Report } from "../phases";

/** On a terminal the line is redrawn; elsewhere each is one more line of a log. */
const reportEveryMs = process.stdout.isTTY ? 1_000 : 30_000;

/** Part of the work after which the time that is left can be told from the time so far. */
const tellable = 0.03;

/** How far some work is. */
export interface Work {
    /** In the unit; undefined as long as it is not known. */
    readonly total: () => number | undefined;
    readonly done: () => number;
    /** Such as "MB" or "packages". */
    readonly unit: string;
}

/** Reports how far some work is, again and again until it is stopped. */
export class Progress {
    readonly #started = Date.now();
    readonly #timer: NodeJS.Timeout;

    constructor(report: Report, what: string, work: Work, everyMs = reportEveryMs) {
        const say = () => report(`${what}${progressText(work, Date.now() - this.#started)}`);
        this.#timer = setInterval(say, everyMs);
    }

    /** Ends the reports. */
    stop(): void {
        clearInterval(this.#timer);
    }
}

/** Such as ": 210 of 840 MB, about 2 min left"; the time so far where more is not known. */
export function progressText({ total, done, unit }: Work, elapsedMs: number): string {
    const all = total();
    const soFar = all && Math.min(done(), all);
    if (!all || !soFar) {
        return ` for ${duration(elapsedMs)}`;
    }
    const left = soFar < all * tellable ? "" : `, about ${duration((elapsedMs * (all - soFar)) / soFar)} left`;
    return `: ${Math.round(soFar)} of ${Math.round(all)} ${unit}${left}`;
}

/** Seconds up to a minute and a half, then minutes: "50 s", "12 min". */
export function duration(ms: number): string {
    const seconds = Math.round(ms / 1000);
    return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
