/**
 * Makes a queue in which a limited number of works run at the same time; the others wait for their turn, in order.
 *
 * @param atOnce how many works run at the same time
 */
export function queue(atOnce: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
    const waiting: (() => void)[] = [];
    let free = atOnce;
    return async (work) => {
        if (free === 0) {
            await new Promise<void>((start) => waiting.push(start));
        } else {
            free--;
        }
        try {
            return await work();
        } finally {
            const next = waiting.shift();
            if (next === undefined) {
                free++;
            } else {
                next();
            }
        }
    };
}
