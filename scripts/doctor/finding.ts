/** `fail`: an `up` would fail, or the agent would not start. `unknown`: it could not be checked from here. */
export type Level = "ok" | "warn" | "unknown" | "fail";

/** What one check has found. */
export interface Finding {
    readonly level: Level;
    readonly text: string;
    /** What to do; undefined where nothing is to do. */
    readonly remedy?: string | undefined;
}

/** A check that found nothing wrong. */
export const ok = (text: string): Finding => ({ level: "ok", text });

/**
 * A finding of a message in the form of the program's errors: a reason, and a remedy as its last sentence.
 *
 * @param message such as `hubspoke:path: reason. Remedy`
 */
export function finding(level: Exclude<Level, "ok">, message: string): Finding {
    const [, text = message, remedy] = /^(.+)\.\s+([A-Z`][^]*)$/s.exec(message.trim()) ?? [];
    return { level, text, remedy };
}

/** The findings of an error, one for each problem that it lists (see `allOf` and `parseSettings`). */
export function failures(error: unknown): Finding[] {
    const message = error instanceof Error ? error.message : String(error);
    const [heading = "", ...listed] = message.split(/\n {2}(?! )/);
    const problems = listed.length > 0 ? listed : [heading];
    return problems.map((problem) => finding("fail", problem.replace(/\s*\n\s*/g, " ")));
}

/** Exit code for a run's findings: 0 nothing is missing, 1 something is, 2 something could not be checked. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 | 2 {
    const levels = new Set(findings.map(({ level }) => level));
    return levels.has("fail") ? 1 : levels.has("unknown") ? 2 : 0;
}

/** Width of a terminal, in columns. */
const width = 80;

/** The words of the levels, in one column. */
const words: Readonly<Record<Level, string>> = { ok: "ok", warn: "warn", unknown: "?", fail: "fail" };

/** The lines of a finding, at most 80 columns wide where its words allow it. */
export function linesOf({ level, text, remedy }: Finding): string[] {
    const lines = [...wrapped(`  ${words[level].padEnd(4)}  `, text)];
    return remedy === undefined ? lines : [...lines, ...wrapped(`${" ".repeat(8)}→ `, remedy)];
}

function wrapped(start: string, text: string): string[] {
    const lines = [start];
    for (const word of text.split(/\s+/)) {
        const line = lines.at(-1) ?? "";
        const isFirst = line === start || line.trim() === "";
        if (!isFirst && line.length + 1 + word.length > width) {
            lines.push(" ".repeat(start.length) + word);
        } else {
            lines[lines.length - 1] = isFirst ? line + word : `${line} ${word}`;
        }
    }
    return lines;
}
