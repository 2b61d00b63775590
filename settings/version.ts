import { coerce, gte } from "semver";

/**
 * Whether a version is another or a later one, by the precedence of Semantic Versioning (semver.org, 11): a pre-release
 * is before its release. A `v` before a version and build metadata after it do not count, and a missing number is 0.
 * Text without a number is before every version.
 *
 * @param version such as `v3.4.4`, `10.1.1-rc.2` or `3.4`
 */
export function isAtLeast(version: string, least: string): boolean {
    return gte(parsed(version), parsed(least));
}

function parsed(text: string) {
    return coerce(text, { includePrerelease: true }) ?? "0.0.0-0";
}
