/** Works on all items, at most `atOnce` at a time. The first error ends it. */
export async function eachOf<T>(
    items: readonly T[],
    atOnce: number,
    work: (item: T) => Promise<void>,
): Promise<void> {
    const queue = [...items];
    const worker = async () => {
        for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
            await work(item);
        }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
}
