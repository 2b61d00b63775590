/**
 * Whether a version is another or a later one, by the precedence of Semantic Versioning (semver.org, 11): a pre-release
 * is before its release. A `v` before a version and build metadata after it do not count, and a missing number is 0.
 * Text that is no version is before every version.
 *
 * @param version such as `v3.4.4`, `10.1.1-rc.2` or `3.4`
 */
export function isAtLeast(version: string, least: string): boolean {
    return compare(version, least) >= 0;
}

interface Version {
    /** Major, minor and patch; none in text that is no version. */
    readonly numbers: readonly number[];
    readonly preRelease: string | undefined;
}

function parse(text: string): Version {
    const [, numbers, preRelease] = /^v?(\d+(?:\.\d+){0,2})(?:-([\w.-]+))?(?:\+.*)?$/.exec(text.trim()) ?? [];
    return { numbers: numbers?.split(".").map(Number) ?? [], preRelease };
}

function compare(left: string, right: string): number {
    const [one, other] = [parse(left), parse(right)];
    const isVersion = [one, other].map(({ numbers }) => Number(numbers.length > 0)) as [number, number];
    const differences = [0, 1, 2].map((index) => (one.numbers[index] ?? 0) - (other.numbers[index] ?? 0));
    const preReleases = comparePreReleases(one.preRelease, other.preRelease);
    return [isVersion[0] - isVersion[1], ...differences, preReleases].find((difference) => difference !== 0) ?? 0;
}

function comparePreReleases(left: string | undefined, right: string | undefined): number {
    return left === undefined || right === undefined
        ? Number(left === undefined) - Number(right === undefined)
        : left.localeCompare(right, "en", { numeric: true });
}
