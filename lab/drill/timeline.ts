/** Something that the drill saw happen. */
export interface Step {
    readonly what: string;
    /** Seconds after the outage began. */
    readonly seconds: number;
    /** What the settings of the parts on the way allow at the least, where they decide it. */
    readonly least?: Least;
}

export interface Least {
    readonly seconds: number;
    /** The settings that it comes from. */
    readonly from: string;
}

/** What happened when, from the beginning of the outage on. */
export class Timeline {
    readonly steps: Step[] = [];

    /** @param begin when the outage began, in milliseconds */
    constructor(
        private readonly begin: number,
        private readonly tell: (line: string) => void,
    ) {}

    /** Notes what has just been seen, or was seen at a time in milliseconds. */
    note(what: string, { least, at = Date.now() }: { readonly least?: Least; readonly at?: number } = {}): void {
        const seconds = (at - this.begin) / 1000;
        this.steps.push({ what, seconds, ...(least && { least }) });
        this.steps.sort((one, other) => one.seconds - other.seconds);
        this.tell(`${seconds.toFixed(1).padStart(6)} s  ${what}`);
    }
}

/** Rows for people: each step with its time, and beside it the least that the settings allow, and how often that is. */
export function timelineRows(steps: readonly Step[]): string[][] {
    return steps.map(({ what, seconds, least }) => [
        seconds.toFixed(1),
        what,
        ...(least === undefined
            ? ["", "", ""]
            : [least.seconds.toFixed(1), (seconds / least.seconds).toFixed(2), least.from]),
    ]);
}
