import { isArgoCdAtLeast } from "../../clusters/argoCdVersion";
import type { SourceIntegritySettings } from "../../settings/sourceIntegrity";
import { keyId } from "../../settings/publicKey";

/**
 * What the AppProject demands of a commit: `sourceIntegrity` from Argo CD 3.5 on, and `signatureKeys` before, which
 * mean the same (argo-cd, docs/user-guide/source-integrity-git-gpg.md). Never both: Argo CD then ignores one. A version
 * that is not known gets `signatureKeys`, which every version of Argo CD 3 reads; a project with a field that its
 * version does not know would demand nothing.
 *
 * @param version Argo CD's, such as `v3.4.4`
 * @returns a part of the AppProject's `spec`
 */
export function signatureDemand({ keys }: NonNullable<SourceIntegritySettings>, version: string | undefined) {
    const ids = keys.map((key) => keyId(key) ?? "");
    return isArgoCdAtLeast(version, "3.5")
        ? { sourceIntegrity: { git: { policies: [{ repos: [{ url: "*" }], gpg: { mode: "head", keys: ids } }] } } }
        : { signatureKeys: ids.map((keyID) => ({ keyID })) };
}

/**
 * How a sync is tried again that Argo CD refuses for its signature: with the newest revision, from Argo CD 3.2 on.
 * Otherwise it tries the refused one for a quarter of an hour, and takes up no signed one in that time.
 *
 * @returns a part of the Application's `syncPolicy.retry`
 */
export function retriesOfRefused(version: string | undefined): { refresh?: true } {
    return isArgoCdAtLeast(version, "3.2") ? { refresh: true } : {};
}
