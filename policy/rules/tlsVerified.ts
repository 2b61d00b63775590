import { z } from "zod";
import { at, isClusterSecret, secretText } from "../read";
import { rule } from "../rule";

/** The `config` of a cluster Secret. */
function configOf(props: unknown): unknown {
    const text = secretText(props, "config");
    return text === undefined ? undefined : JSON.parse(text);
}

export const tlsVerified = rule({
    name: "tls-verified",
    description: "Argo CD verifies the certificate of every cluster's API server.",
    options: z.strictObject({}),
    check: ({ type, props }) =>
        isClusterSecret({ type, props }) && at(configOf(props), "tlsClientConfig", "insecure") === true
            ? ["sends Argo CD's token to any server that answers. Remove tls.insecureSkipTlsVerify, and set tls.ca"]
            : [],
});
