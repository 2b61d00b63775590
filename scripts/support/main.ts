/** Runs a script to its end; a failure is shown as its message alone. */
export function main(work: (args: string[]) => Promise<void>): void {
    work(process.argv.slice(2)).catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = 1;
    });
}

/** Tells the user what goes on. */
export function say(line: string): void {
    process.stdout.write(`${line}\n`);
}
