/**
 * The first patch of each minor version of Argo CD without a published hole that opens this program's boundary:
 * CVE-2026-77459 (GHSA-fmxq-cgp8-87wp), by which a PreDelete or PostDelete hook of one application is applied in the
 * namespace of another. Source: the release notes of v3.3.15 and v3.4.10; 3.6.1 has the check (controller/hook.go).
 */
const closed: Readonly<Record<string, number>> = { "3.3": 15, "3.4": 10, "3.5": 4 };

/** The minor version from whose first release on it is closed. */
const closedFrom = "3.6";

/**
 * What a version of Argo CD leaves open.
 *
 * @param version such as `v3.4.4`
 * @returns the hole and the remedy; undefined if there is none, or if the version is not known
 */
export function holeIn(version: string | undefined): string | undefined {
    const [, major = "", minor = "", patch = ""] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version ?? "") ?? [];
    const line = `${major}.${minor}`;
    const least = closed[line];
    const isClosed =
        line.localeCompare(closedFrom, "en", { numeric: true }) >= 0 || (least !== undefined && Number(patch) >= least);
    if (major === "" || isClosed) {
        return undefined;
    }
    const remedy = least === undefined ? "a chart with 3.4.10 or newer" : `a chart with ${line}.${least} or newer, or the image`;
    return (
        `Argo CD ${version} has CVE-2026-77459: a deletion hook in the chart of one application reaches the namespaces ` +
        `of the others on its cluster. Choose ${remedy}`
    );
}
