import { distance } from "fastest-levenshtein";

/** The known word that a word is probably a misspelling of; undefined where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
    const allowed = Math.max(1, Math.floor(word.length / 3));
    const [best] = known
        .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
        .filter(({ edits }) => edits <= allowed)
        .sort((left, right) => left.edits - right.edits);
    return best?.candidate;
}
