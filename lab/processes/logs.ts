import * as fs from "node:fs";

const maxBytes = 16 * 1024;

/** The form of a secret in a log: a signed token, or a value after its name. */
const secretLike = [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, /(?<=\b(?:password|passwd|token|secret)["']?\s*[=:]\s*)\S+/gi];

/**
 * The last lines of a log for an error message; text in the form of a secret is masked.
 * A missing or empty log gives a sentence that says so.
 */
export function logTail(file: string, lines = 12): string {
    let text: string;
    try {
        text = lastBytes(file);
    } catch {
        return `(no log at ${file})`;
    }
    const tail = text.trimEnd().split("\n").slice(-lines).join("\n");
    return tail === "" ? `(the log is empty: ${file})` : `${blot(tail)}\n(log: ${file})`;
}

/** Replaces text in the form of a secret with asterisks. */
export function blot(text: string): string {
    return secretLike.reduce((blotted, pattern) => blotted.replace(pattern, "***"), text);
}

function lastBytes(file: string): string {
    const descriptor = fs.openSync(file, "r");
    try {
        const { size } = fs.fstatSync(descriptor);
        const buffer = Buffer.alloc(Math.min(size, maxBytes));
        fs.readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
        return buffer.toString("utf8");
    } finally {
        fs.closeSync(descriptor);
    }
}
