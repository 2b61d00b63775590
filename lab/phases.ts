/** A finished phase of a command, and how long it took. */
export interface Phase {
    readonly name: string;
    readonly seconds: number;
}

/** Prints a line about the present phase. */
export type Report = (line: string) => void;

/** Runs a command's phases one after another, prints each, and records their times. */
export class Phases {
    readonly finished: Phase[] = [];
    private readonly started = Date.now();

    /** Runs one phase; an error names the phase. */
    async run<T>(name: string, work: (report: Report) => Promise<T>): Promise<T> {
        const begin = Date.now();
        this.say(`${name} …`);
        const result = await work((line) => this.say(`  ${line}`));
        const seconds = (Date.now() - begin) / 1000;
        this.finished.push({ name, seconds });
        this.say(`${name}: done in ${seconds.toFixed(1)} s`);
        return result;
    }

    /** Prints a line after the time since the command began. */
    private say(line: string): void {
        const elapsed = Math.round((Date.now() - this.started) / 1000);
        const clock = `${String(Math.floor(elapsed / 60)).padStart(2, "0")}:${String(elapsed % 60).padStart(2, "0")}`;
        process.stdout.write(`[${clock}] ${line}\n`);
    }
}
