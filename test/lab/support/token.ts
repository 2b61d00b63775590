import { createPrivateKey, sign } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Answer, send } from "../../../clusters/https";
import type { ClusterName } from "../../../lab/clusters";
import { apiServer } from "../../../lab/clusters/api";

/** An API server, and who asks it: what a cluster Secret holds. */
export interface Credential {
    readonly server: string;
    /** The certificate authority, PEM in base64. */
    readonly caData: string;
    readonly token: string;
}

/** Asks an API server with a token and a CA, as Argo CD does, and with nothing else. */
export async function askWith(
    { server, caData, token }: Credential,
    path: string,
    { method = "GET", body, type = "application/json" }: { method?: string; body?: object; type?: string } = {},
): Promise<Answer> {
    const ca = Buffer.from(caData, "base64");
    const headers = {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": type }),
    };
    return send(new URL(server + path), { ca, headers, method }, 10_000, body && JSON.stringify(body));
}

/**
 * A token with other times, in seconds since 1970, signed with the key of the cluster that made it: what becomes of it
 * when time has passed.
 */
export function withTimes(
    issuer: ClusterName,
    token: string,
    times: { readonly iat: number; readonly nbf: number; readonly exp: number },
): string {
    const [header = "", claims = ""] = token.split(".");
    const changed = { ...(JSON.parse(Buffer.from(claims, "base64url").toString("utf8")) as object), ...times };
    const signed = `${header}.${Buffer.from(JSON.stringify(changed)).toString("base64url")}`;
    const key = createPrivateKey(fs.readFileSync(path.join(apiServer(issuer).pki, "admin.key")));
    return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), key).toString("base64url")}`;
}
