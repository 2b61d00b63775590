import type { Problem } from "./given";
import { flag } from "./kinds";

export const redisTls = flag
    .describe(
        "Argo CD speaks TLS to the proxies of Redis, with a certificate of the hub's cert-manager. It needs " +
            "`availability: ha`, and a hub that is up already; see docs/security.md.",
    )
    .default(false);

/** What of the other settings makes TLS to Redis impossible. */
export function redisTlsProblems(given: {
    readonly redisTls: boolean;
    readonly availability: string;
    readonly certificates: { readonly issuer: string };
}): Problem[] {
    const refuse = (message: string) => (given.redisTls ? [{ path: ["redisTls"], message }] : []);
    if (given.availability !== "ha") {
        return refuse('needs the proxies of Redis, which availability "single" does not have. Remove it, or write "ha"');
    }
    if (given.certificates.issuer === "none") {
        return refuse('needs cert-manager, and certificates.issuer is "none". Remove it, or choose an issuer');
    }
    return [];
}
