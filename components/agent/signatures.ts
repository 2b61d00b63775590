import type { SourceIntegritySettings } from "../../settings/sourceIntegrity";
import { keyId } from "../../settings/publicKey";

/** First version of Argo CD with `sourceIntegrity` (argo-cd, docs/user-guide/source-integrity-git-gpg.md). */
const first = { major: 3, minor: 5 };

/**
 * What the AppProject demands of a commit: `sourceIntegrity` from Argo CD 3.5 on, and `signatureKeys` before, which
 * mean the same. Never both: Argo CD then ignores one. A version that is not known gets `signatureKeys`, which every
 * version of Argo CD 3 reads; a project with a field that its version does not know would demand nothing.
 *
 * @param version Argo CD's, such as `v3.4.4`
 * @returns a part of the AppProject's `spec`
 */
export function signatureDemand({ keys }: NonNullable<SourceIntegritySettings>, version: string | undefined) {
    const ids = keys.map((key) => keyId(key) ?? "");
    const [, major = 0, minor = 0] = (/^v?(\d+)\.(\d+)\./.exec(version ?? "") ?? []).map(Number);
    return major > first.major || (major === first.major && minor >= first.minor)
        ? { sourceIntegrity: { git: { policies: [{ repos: [{ url: "*" }], gpg: { mode: "head", keys: ids } }] } } }
        : { signatureKeys: ids.map((keyID) => ({ keyID })) };
}
