import * as https from "node:https";

/** An API server, and who asks it: what a cluster Secret holds. */
export interface Credential {
    readonly server: string;
    /** The certificate authority, PEM in base64. */
    readonly caData: string;
    readonly token: string;
}

export interface TokenAnswer {
    readonly status: number;
    readonly body: string;
}

/** Asks an API server with a token and a CA, as Argo CD does, and with nothing else. */
export async function askWith(
    { server, caData, token }: Credential,
    path: string,
    { method = "GET", body, type = "application/json" }: { method?: string; body?: object; type?: string } = {},
): Promise<TokenAnswer> {
    const ca = Buffer.from(caData, "base64");
    const headers = {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": type }),
    };
    return new Promise((resolve, reject) => {
        const request = https.request(`${server}${path}`, { ca, headers, method, timeout: 10_000 }, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", reject);
            response.on("end", () =>
                resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
            );
        });
        request.on("error", reject);
        request.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
