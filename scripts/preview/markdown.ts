/** Limit of the lines of a list or table in a comment. */
const lineLimit = 60;

/** A bulleted list under a title; empty if there are no lines. */
export function list(title: string, lines: readonly string[]): string {
    if (lines.length === 0) {
        return "";
    }
    const shown = lines.slice(0, lineLimit).map((line) => `- ${line}`);
    const more = lines.length > lineLimit ? [`- … and ${lines.length - lineLimit} more`] : [];
    return [title, "", ...shown, ...more].join("\n");
}

/**
 * A table under a title; empty if there are no rows.
 *
 * @param limit maximum number of rows
 */
export function table(
    title: string,
    head: readonly string[],
    rows: readonly (readonly (string | number)[])[],
    limit = lineLimit,
): string {
    if (rows.length === 0) {
        return "";
    }
    const line = (cells: readonly (string | number)[]) =>
        `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
    const lines = [line(head), line(head.map(() => "---")), ...rows.slice(0, limit).map(line)];
    const more = rows.length > limit ? `\n\n… and ${rows.length - limit} more.` : "";
    return `${title}\n\n${lines.join("\n")}${more}`;
}

/** At most 200 characters in one line. */
export function oneLine(text: string): string {
    const line = text.replace(/\s+/g, " ").trim();
    return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

/** A text as inline code. */
export function code(text: string): string {
    return `\`${oneLine(text).replaceAll("`", "'")}\``;
}

/** A number with its noun, in the plural if necessary. */
export function counted(count: number, what: string): string {
    return `${count} ${what}${count === 1 ? "" : "s"}`;
}
