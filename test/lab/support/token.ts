import { type Answer, send } from "../../../clusters/https";

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
