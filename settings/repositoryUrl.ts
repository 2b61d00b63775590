/**
 * URLs of repositories. Argo CD takes a credential for an application's repository if both URLs are the same to it: in
 * several spellings, but not in all that lead to one repository.
 */

/** A URL as Argo CD has it: that of a registry without its scheme (argo-cd, docs/user-guide/oci.md). */
export function argoCdUrl(url: string): string {
    return url.replace(/^oci:\/\//, "");
}

/** Whether two URLs are the same to Argo CD (argo-cd, util/git/git.go, `SameURL`). */
export function isSameToArgoCd(one: string, other: string): boolean {
    return normalized(one) === normalized(other);
}

/** A URL in the spelling of Argo CD's comparison, but without a slash at the end, which differs to Argo CD alone. */
export function plainUrl(url: string): string {
    let end = url.length;
    while (url[end - 1] === "/") {
        end -= 1;
    }
    return normalized(url.slice(0, end));
}

/** As Argo CD's `NormalizeGitURL`, where a slash at the end stays, and `.git` before it. */
function normalized(url: string): string {
    const lower = argoCdUrl(url.trim().toLowerCase());
    const isShort = /^[^/:]*@[^@]+$/.test(lower);
    return (isShort ? lower.replace(":", "/") : lower).replace(/\.git$/, "").replace(/^ssh:\/\//, "");
}
