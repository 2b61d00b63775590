/**
 * Does work on each item, on some at the same time, in their order.
 *
 * @returns the results, in the order of the items
 * @throws as the first work that fails, after which no other begins, and when those that had begun have ended
 */
export async function inParallel<Item, Result>(
    items: readonly Item[],
    atOnce: number,
    work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
    const results: Result[] = [];
    const failures: unknown[] = [];
    const waiting = items.map((item, index) => ({ item, index }));
    const worker = async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
            try {
                results[next.index] = await work(next.item);
            } catch (error) {
                waiting.length = 0;
                failures.push(error);
            }
        }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
    if (failures.length > 0) {
        throw failures[0];
    }
    return results;
}
