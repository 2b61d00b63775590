/** An event of the drill. */
export interface Step {
    readonly what: string;
    /** Seconds after the outage began. */
    readonly seconds: number;
    /** The minimum time that the settings allow, if they determine it. */
    readonly least?: Least;
}

export interface Least {
    readonly seconds: number;
    /** The settings that determine it. */
    readonly from: string;
}

/** The events of a drill, from the beginning of the outage. */
export class Timeline {
    readonly steps: Step[] = [];

    /** @param begin time at which the outage began, in milliseconds */
    constructor(
        private readonly begin: number,
        private readonly tell: (line: string) => void,
    ) {}

    /** Records an event now, or at a time in milliseconds. */
    note(what: string, { least, at = Date.now() }: { readonly least?: Least; readonly at?: number } = {}): void {
        const seconds = (at - this.begin) / 1000;
        this.steps.push({ what, seconds, ...(least && { least }) });
        this.steps.sort((one, other) => one.seconds - other.seconds);
        this.tell(`${seconds.toFixed(1).padStart(6)} s  ${what}`);
    }
}

/** Rows for people: each step with its time, the minimum that the settings allow, and the ratio of the two. */
export function timelineRows(steps: readonly Step[]): string[][] {
    return steps.map(({ what, seconds, least }) => [
        seconds.toFixed(1),
        what,
        ...(least === undefined
            ? ["", "", ""]
            : [least.seconds.toFixed(1), (seconds / least.seconds).toFixed(2), least.from]),
    ]);
}
