import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../processes/run";
import { files } from "./components";

/** The ConfigMap with the keys that sign commits, by their IDs. */
export const signingKeys = "argocd-gpg-keys-cm";

/**
 * Variables of the repo server's check of signatures. It is off on a hub without keys: such a lab needs no gpg.
 *
 * @param keys the contents of the ConfigMap
 * @throws Error if there are keys, and the machine has no gpg
 */
export function signatureEnvironment(keys: Readonly<Record<string, string>> | undefined): Record<string, string> {
    const enabled = Object.keys(keys ?? {}).length > 0;
    if (enabled && !hasGpg()) {
        throw new Error(
            "the hub's AppProject demands signed commits, and Argo CD checks them with gpg, which is not on PATH. " +
                "Install GnuPG (Debian and Ubuntu: apt-get install gnupg), or remove hubspoke:sourceIntegrity",
        );
    }
    return {
        ARGOCD_GPG_ENABLED: String(enabled),
        ARGOCD_GPG_DATA_PATH: files.signingKeys,
        ARGOCD_GNUPGHOME: files.gnupg,
    };
}

/** Ends the agent of the keyring, which gpg starts and leaves running, and removes the keyring. */
export async function removeKeyring(): Promise<void> {
    if (fs.existsSync(files.gnupg)) {
        await run("gpgconf", ["--homedir", files.gnupg, "--kill", "all"], { timeoutMs: 30_000 }).catch(() => undefined);
        fs.rmSync(files.gnupg, { recursive: true, force: true });
    }
}

function hasGpg(): boolean {
    return (process.env.PATH ?? "").split(path.delimiter).some((folder) => fs.existsSync(path.join(folder, "gpg")));
}
