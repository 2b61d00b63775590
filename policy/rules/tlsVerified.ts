import { z } from "zod";
import { at, isClusterSecret } from "../read";
import { rule } from "../rule";

/** The `config` of a cluster Secret, from base64 or plain text. */
function configOf(props: unknown): unknown {
    const encoded = at(props, "data", "config");
    const plain = at(props, "stringData", "config");
    const text = typeof encoded === "string" ? Buffer.from(encoded, "base64").toString("utf8") : plain;
    return typeof text === "string" ? JSON.parse(text) : undefined;
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
