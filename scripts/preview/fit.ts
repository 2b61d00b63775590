/** The longest comment that GitHub accepts, in characters (GitLab accepts a million). */
export const commentLimit = 65_536;

/** A folded part of a comment. */
export interface Fold {
    readonly title: string;
    /** Language of the code block. */
    readonly language: "diff" | "text";
    readonly text: string;
}

const cutNote = "… cut here; the artifact has the full text";

/**
 * Adds folded parts below a text, in order, up to the limit. It cuts the part that does not fit at a line, and counts
 * the parts after it. If the text alone is too long, it cuts the text.
 */
export function fit(text: string, folds: readonly Fold[], limit: number): string {
    if (text.length > limit) {
        return cutAtLine(text, limit - cutNote.length - 2) + `\n${cutNote}\n`;
    }
    let comment = text;
    const left: string[] = [];
    for (const fold of folds) {
        const room = limit - comment.length - reserve(folds);
        const whole = rendered(fold, fold.text);
        if (left.length === 0 && whole.length <= room) {
            comment += whole;
            continue;
        }
        const forText = room - rendered(fold, "").length - cutNote.length - 1;
        if (left.length === 0 && forText > 200) {
            comment += rendered(fold, `${cutAtLine(fold.text, forText)}\n${cutNote}`);
        }
        left.push(fold.title);
    }
    return left.length === 0 ? comment : comment + leftNote(left.length);
}

/** The same text without a limit. */
export function whole(text: string, folds: readonly Fold[]): string {
    return fit(text, folds, Infinity);
}

/** Characters to reserve for the last line. */
function reserve(folds: readonly Fold[]): number {
    return leftNote(folds.length).length;
}

function leftNote(parts: number): string {
    return `\n${parts} part${parts === 1 ? "" : "s"} of this comment did not fit; the artifact has the full text.\n`;
}

/** A fence longer than any in the text. */
function rendered({ title, language }: Fold, text: string): string {
    const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
    const fence = "`".repeat(longest + 1);
    return `\n<details><summary>${title}</summary>\n\n${fence}${language}\n${text.trimEnd()}\n${fence}\n\n</details>\n`;
}

function cutAtLine(text: string, length: number): string {
    const cut = text.slice(0, length);
    return cut.slice(0, Math.max(cut.lastIndexOf("\n"), 0));
}
