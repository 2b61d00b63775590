import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { CommitKey } from "../../../lab/argocd";
import { run } from "../../../lab/processes/run";

/** An OpenPGP key of the test alone, with the armoured public key. */
export interface SigningKey extends CommitKey {
    readonly publicKey: string;
    readonly remove: () => Promise<void>;
}

/**
 * Makes a key without a passphrase, in a keyring of its own.
 *
 * @throws Error that says what to install, where the machine has no gpg
 */
export async function makeSigningKey(name: string): Promise<SigningKey> {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), "key-"));
    const user = `${name}@example.com`;
    const gpg = async (...args: string[]) => {
        const { ok, stdout, output } = await run("gpg", ["--homedir", home, "--batch", ...args], { timeoutMs: 60_000 });
        if (!ok) {
            throw new Error(`gpg ${args.join(" ")} failed; this test needs GnuPG (apt-get install gnupg): ${output}`);
        }
        return stdout;
    };
    await gpg("--passphrase", "", "--quick-gen-key", user, "ed25519", "sign", "never");
    const [, id = ""] = /^pub:(?:[^:]*:){3}([0-9A-F]{16}):/m.exec(await gpg("--with-colons", "--list-keys", user)) ?? [];
    return {
        id,
        home,
        publicKey: await gpg("--armor", "--export", user),
        remove: async () => {
            await run("gpgconf", ["--homedir", home, "--kill", "all"], { timeoutMs: 30_000 });
            fs.rmSync(home, { recursive: true });
        },
    };
}
