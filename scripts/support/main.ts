/**
 * Runs a script to its end; of a failure, only the message is shown. An import of the script by another module does
 * nothing.
 *
 * @param script the script's own `module`
 */
export function main(script: NodeJS.Module, work: (args: string[]) => Promise<void>): void {
    if (require.main !== script) {
        return;
    }
    work(process.argv.slice(2)).catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = 1;
    });
}

/** Prints a line for the user. */
export function say(line: string): void {
    process.stdout.write(`${line}\n`);
}
