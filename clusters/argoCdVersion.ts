import { isAtLeast } from "../settings/version";

/**
 * Whether a version of Argo CD is at least another; a pre-release has what its release has.
 *
 * @param version such as `v3.4.4`; one that is not known is not
 * @param least such as `3.4`
 */
export function isArgoCdAtLeast(version: string | undefined, least: `${number}.${number}`): boolean {
    const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(version ?? "") ?? [];
    return major !== undefined && isAtLeast(`${major}.${minor}`, least);
}
