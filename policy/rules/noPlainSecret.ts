import { z } from "zod";
import { credentials } from "../credentials";
import { walk } from "../read";
import { rule } from "../rule";

const secretType = "kubernetes:core/v1:Secret";

/** Kinds whose values many people can read, and the keys of credentials in them. */
const shown = ["kubernetes:helm.sh/v3:Release", "kubernetes:core/v1:ConfigMap"];
const credentialKey = /(password|passwd|token|apikey|clientsecret)$/i;

/** A reference to a key of a Secret, in the form of Argo CD's configuration. */
const reference = /^\$/;

export const noPlainSecret = rule({
    name: "no-plain-secret",
    description: "A credential is only in a Secret, and is marked as a secret.",
    options: z.strictObject({}),
    check: ({ type, props, isSecret }) => {
        const texts = [...walk(props)].flatMap(({ path, value }) =>
            typeof value === "string" && value !== "" ? [{ path, value }] : [],
        );
        if (type === secretType) {
            return texts
                .filter(({ path }) => path[0] === "data" || path[0] === "stringData")
                .filter(({ path }) => isSecret !== undefined && !isSecret(path))
                .map(({ path }) => `${path.join(".")} is not marked as a secret, and is in the state in plain text`);
        }
        return texts
            .filter(({ path }) => !isMarkedByProgram(type, path) && isSecret?.(path) !== true)
            .flatMap(({ path, value }) => {
                const form = Object.entries(credentials).find(([, pattern]) => pattern.test(value))?.[0];
                const byKey =
                    shown.includes(type) && credentialKey.test(path.at(-1) ?? "") && !reference.test(value)
                        ? "a credential by its name"
                        : undefined;
                const what = form ?? byKey;
                return what === undefined ? [] : [`${path.join(".")} contains ${what}. Move it to a Secret`];
            });
    },
});

/** A kubeconfig, which providers and dynamic resources need; the program marks it as a secret (a unit test checks). */
function isMarkedByProgram(type: string, path: readonly string[]): boolean {
    return path.at(-1) === "kubeconfig" && /^(pulumi:providers:|pulumi-nodejs:dynamic\/)/.test(type);
}
