import { z } from "zod";
import { keyId } from "./publicKey";

const publicKey = z
    .string("is not text. Give the whole output of `gpg --armor --export KEY`")
    .refine((text) => !text.includes("PRIVATE KEY"), {
        error: "contains a private key, and a stack file is in Git. Give the output of `gpg --armor --export KEY`",
        abort: true,
    })
    .refine((text) => keyId(text) !== undefined, {
        error:
            "is not one armoured OpenPGP public key of version 4. Give the whole output of `gpg --armor --export KEY`, " +
            "one key in each entry",
    })
    .meta({ examples: ["-----BEGIN PGP PUBLIC KEY BLOCK-----\n…"] });

export const sourceIntegrity = z
    .strictObject({
        keys: z
            .array(publicKey)
            .min(1, "names no key, and Argo CD would refuse every commit. Add one, or remove sourceIntegrity")
            .refine((keys) => new Set(keys.map(keyId)).size === keys.length, "has a key twice. Remove one")
            .describe("Public keys, as `gpg --armor --export KEY` prints them."),
    })
    .describe(
        "Argo CD delivers an application's chart from Git only if the commit is signed with one of these OpenPGP keys; for " +
            "an annotated tag, the tag's own signature counts. Without it, Argo CD checks no signature. See docs/delivery.md.",
    )
    .optional();

/** Keys with which commits of the applications' charts must be signed; undefined without that demand. */
export type SourceIntegritySettings = z.output<typeof sourceIntegrity>;
