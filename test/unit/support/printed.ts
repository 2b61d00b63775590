/**
 * Runs something, and takes up what it prints for the user.
 *
 * @returns the result, and the lines on standard output
 */
export async function printed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly lines: string[] }> {
    const lines: string[] = [];
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (text: string | Uint8Array) => lines.push(...String(text).replace(/\n$/, "").split("\n")) > 0;
    try {
        return { result: await work(), lines };
    } finally {
        process.stdout.write = write;
    }
}
