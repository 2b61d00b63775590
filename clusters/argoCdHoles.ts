import { parse, satisfies } from "semver";

/**
 * Versions of Argo CD with a published hole that opens this program's boundary: CVE-2026-77459 (GHSA-fmxq-cgp8-87wp),
 * by which a PreDelete or PostDelete hook of one application is applied in the namespace of another. Source: the
 * release notes of v3.3.15 and v3.4.10; 3.6.1 has the check (controller/hook.go).
 */
const open = "<3.3.15 || >=3.4.0-0 <3.4.10 || >=3.5.0-0 <3.5.4";

/**
 * What a version of Argo CD leaves open.
 *
 * @param version such as `v3.4.4`
 * @returns the hole and the remedy; undefined if there is none, or if the version is not known
 */
export function holeIn(version: string | undefined): string | undefined {
    const known = parse(version);
    return known === null || !satisfies(known, open, { includePrerelease: true })
        ? undefined
        : `Argo CD ${version} has CVE-2026-77459: a deletion hook in the chart of one application reaches the namespaces of ` +
              "the others on its cluster. Choose a chart or an image with 3.3.15, 3.4.10, 3.5.4, 3.6.0 or newer";
}
