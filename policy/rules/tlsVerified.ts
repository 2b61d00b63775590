import { z } from "zod";
import { at, isClusterSecret } from "../read";
import { rule } from "../rule";

/** The `config` of a cluster Secret as Argo CD reads it, base64 or plain. */
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
            ? ["gives Argo CD's token to whoever answers. Remove tls.insecureSkipTlsVerify, and give tls.ca"]
            : [],
});
