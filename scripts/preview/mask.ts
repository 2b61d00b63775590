import { credentials } from "../../policy/credentials";

/**
 * Masks text that has the form of a credential. Pulumi already masks every value that is marked as a secret; this is
 * for values without that mark.
 */
export function masked(text: string): string {
    return Object.values(credentials).reduce(
        (left, pattern) => left.replace(new RegExp(pattern.source, `${pattern.flags}g`), "[secret]"),
        text,
    );
}
