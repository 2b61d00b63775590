import { z } from "zod";

/** Environment variables of pods, whose plain values are in the state and in the pods' manifests. */

/** Names of variables whose value is a credential, by the end of the name. */
const secretName = /(^|_)(PASSWORD|PASSWD|PASS|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY|CREDENTIALS)$/i;

/** A user in a URL. */
const urlWithUser = /^[a-z0-9+.-]{1,20}:\/\/[^/?#@]+@/i;

/**
 * Variables in plain text. Refuses what is a credential, by its name or as a URL with a user. The path of a file is no
 * credential.
 *
 * @param name schema of a variable's name
 */
export function plainVariables(name: z.ZodString = z.string()) {
    return z
        .record(name, z.string("the value of a variable must be text. Put it in quotes"))
        .superRefine((given, context) => {
            for (const [variable, value] of Object.entries(given)) {
                const isNamed = secretName.test(variable) && value !== "" && !value.startsWith("/");
                if (isNamed || urlWithUser.test(value)) {
                    const what = isNamed ? "has the name of a credential" : "has a URL with a user";
                    const message = `${what}, and these values are plain text in the state. Move it to secretEnv`;
                    context.addIssue({ code: "custom", path: [variable], message });
                }
            }
        });
}

/** Variables that one pod would get twice. */
export function twiceIn(env: object, secretEnv: object): { readonly name: string; readonly message: string }[] {
    const message = "is in secretEnv too, and the pods would get one of the two. Remove one";
    return Object.keys(secretEnv).flatMap((name) => (name in env ? [{ name, message }] : []));
}
