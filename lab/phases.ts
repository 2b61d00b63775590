/** A finished phase of a command, and how long it took. */
export interface Phase {
    readonly name: string;
    readonly seconds: number;
}

/**
 * Prints a line about the present phase. On a terminal the next line replaces it, unless it is to last; in a log every
 * line stays.
 */
export type Report = (line: string, lasting?: boolean) => void;

/** Where phases are printed: standard output, or what a test gives. */
export type Output = Pick<NodeJS.WriteStream, "isTTY" | "columns" | "write">;

/** To the beginning of the terminal's line, and clears it. */
const replaceLine = "\r\u001b[K";

/**
 * Runs a command's phases one after another, prints each, and records their times. On a terminal that is one line for
 * each phase, whose last one says what happens now.
 */
export class Phases {
    readonly finished: Phase[] = [];
    private readonly started = Date.now();
    private readonly output: Output;

    constructor(output: Output = process.stdout) {
        this.output = output;
    }

    /** Runs one phase; the last line names it where it fails. */
    async run<T>(name: string, work: (report: Report) => Promise<T>): Promise<T> {
        const begin = Date.now();
        this.say(`${name} …`);
        const result = await work((line, lasting) => this.say(`  ${line}`, lasting)).catch((error: unknown) => {
            this.say(`${name}: failed`, true);
            throw error;
        });
        const seconds = (Date.now() - begin) / 1000;
        this.finished.push({ name, seconds });
        this.say(`${name}: done in ${seconds.toFixed(1)} s`, true);
        return result;
    }

    /** Prints a line after the time since the command began. */
    private say(line: string, lasting = false): void {
        const elapsed = Math.round((Date.now() - this.started) / 1000);
        const clock = `${String(Math.floor(elapsed / 60)).padStart(2, "0")}:${String(elapsed % 60).padStart(2, "0")}`;
        const text = `[${clock}] ${line}`;
        if (!this.output.isTTY) {
            this.output.write(`${text}\n`);
            return;
        }
        this.output.write(`${replaceLine}${lasting ? `${text}\n` : text.slice(0, this.output.columns - 1)}`);
    }
}
