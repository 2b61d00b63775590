import { z } from "zod";
import { credentials } from "../credentials";
import { walk } from "../read";
import { rule } from "../rule";

const secretType = "kubernetes:core/v1:Secret";

/** Kinds whose values are shown to many, and keys under which a credential stands there. */
const shown = ["kubernetes:helm.sh/v3:Release", "kubernetes:core/v1:ConfigMap"];
const credentialKey = /(password|passwd|token|apikey|clientsecret)$/i;

/** A reference to a key of a Secret, as Argo CD's configuration has it. */
const reference = /^\$/;

export const noPlainSecret = rule({
    name: "no-plain-secret",
    description: "A credential stands in a Secret and is marked as one, and nowhere else.",
    options: z.strictObject({}),
    check: ({ type, props, isSecret }) => {
        const texts = [...walk(props)].flatMap(({ path, value }) =>
            typeof value === "string" && value !== "" ? [{ path, value }] : [],
        );
        if (type === secretType) {
            return texts
                .filter(({ path }) => path[0] === "data" || path[0] === "stringData")
                .filter(({ path }) => isSecret !== undefined && !isSecret(path))
                .map(({ path }) => `${path.join(".")} is not marked as a secret, and stands in the state in plain text`);
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
                return what === undefined ? [] : [`${path.join(".")} holds ${what}. Put it into a Secret`];
            });
    },
});

/** A whole kubeconfig, which providers and dynamic resources need, and the program marks: a unit test sees to it. */
function isMarkedByProgram(type: string, path: readonly string[]): boolean {
    return path.at(-1) === "kubeconfig" && /^(pulumi:providers:|pulumi-nodejs:dynamic\/)/.test(type);
}
