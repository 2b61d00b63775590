import { credentials } from "../../policy/credentials";

/**
 * Takes out of a text what is a credential by its form. Pulumi has masked every value that is marked as a secret
 * before; this is for what nobody marked.
 */
export function masked(text: string): string {
    return Object.values(credentials).reduce(
        (left, pattern) => left.replace(new RegExp(pattern.source, `${pattern.flags}g`), "[secret]"),
        text,
    );
}
