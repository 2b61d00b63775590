import { mockPulumi } from "./mocks";

/**
 * Runs a check as `pulumi up` does, and takes up what it tells the user.
 *
 * @returns the lines of `pulumi.log`, each with its level: `info: …`, `warning: …`
 */
export async function told(work: () => Promise<unknown> | void): Promise<string[]> {
    const lines: string[] = [];
    const { log, warn } = console;
    await mockPulumi();
    const take = (line: string) => void lines.push(line.replace(/^(\w+): \[runtime\] /, "$1: "));
    Object.assign(console, { log: take, warn: take });
    try {
        await work();
        return lines;
    } finally {
        Object.assign(console, { log, warn });
    }
}
