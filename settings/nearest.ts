/** The known word that a word is probably a misspelling of; undefined where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
    const allowed = Math.max(1, Math.floor(word.length / 3));
    const [best] = known
        .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
        .filter(({ edits }) => edits <= allowed)
        .sort((left, right) => left.edits - right.edits);
    return best?.candidate;
}

/** Letters to insert, remove or replace to make one word of the other (Levenshtein). */
function distance(from: string, to: string): number {
    let row = Array.from({ length: to.length + 1 }, (_, index) => index);
    for (const [index, letter] of [...from].entries()) {
        const next = [index + 1];
        for (const [column, other] of [...to].entries()) {
            const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
            next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
        }
        row = next;
    }
    return row[to.length] ?? 0;
}
