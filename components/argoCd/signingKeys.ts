import { createHash } from "node:crypto";
import { signingKeysAnnotation } from "../../clusters/names";
import { keyId } from "../../settings/publicKey";
import type { SourceIntegritySettings } from "../../settings/sourceIntegrity";

/**
 * The keyring of Argo CD, which the chart puts into the ConfigMap `argocd-gpg-keys-cm`.
 *
 * New keys restart the repo server. A pod that runs sees a changed ConfigMap up to two minutes later, and a commit that
 * it refuses in that time stays refused until a hard refresh: the result of a check is in the cache of the manifests
 * (argo-cd, reposerver/cache/cache.go).
 */
export function signingKeyValues(settings: SourceIntegritySettings) {
    if (settings === undefined) {
        return {};
    }
    const keys = Object.fromEntries(settings.keys.map((key) => [keyId(key) ?? "", `${key.trim()}\n`]));
    const digest = createHash("sha256").update(JSON.stringify(keys)).digest("hex").slice(0, 16);
    return { configs: { gpg: { keys } }, repoServer: { podAnnotations: { [signingKeysAnnotation]: digest } } };
}
