import * as fs from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { toBase64 } from "../base64";
import { claimsOf } from "../jwt";
import type { ClusterAddress } from ".";
import { credentialProblem, UnusableError } from "./errors";
import { logIn, logOut } from "./execPlugin";
import type { User } from "./fields";

/** How a request says who asks. Never print it. */
export interface Credentials {
    readonly authorization?: string | undefined;
    /** Client certificate and its key, as PEM. */
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
}

/** ID tokens that expire within this time are not used any more, in milliseconds. */
const marginMs = 10_000;

/**
 * The credentials of a kubeconfig's user. Files are read anew for each request, because other programs renew them.
 *
 * Where there are several, client-go's choice counts: a token file before a token, and an exec plugin only where there
 * is nothing else. A server without TLS gets none.
 *
 * @throws Error that names the setting, and quotes nothing of the kubeconfig
 */
export async function credentialsOf({ setting, server, user, pluginInput }: ClusterAddress): Promise<Credentials> {
    if (new URL(server).protocol === "http:") {
        return {};
    }
    try {
        const own = await ownCredentials(user);
        const isNone = own.authorization === undefined && own.cert === undefined;
        const { cert, key, ...rest } = isNone && user.exec ? await printed(user.exec, pluginInput) : own;
        if (cert !== undefined) {
            createSecureContext({ cert, key });
        }
        return { ...rest, cert, key };
    } catch (error) {
        throw new Error(credentialProblem(setting, user, error));
    }
}

/** Makes the next request log in anew, because the cluster refuses the credentials. */
export function forgetLogin({ user, pluginInput }: ClusterAddress): void {
    if (user.exec !== undefined) {
        logOut(user.exec, pluginInput);
    }
}

/** The headers by which a user acts as another (Kubernetes' user impersonation). */
export function impersonation({
    as,
    "as-uid": uid,
    "as-groups": groups = [],
    "as-user-extra": extra = {},
}: ClusterAddress["user"]): Record<string, string | string[]> {
    if (as === undefined) {
        return {};
    }
    const extras = Object.entries(extra).map(([key, values]) => [`impersonate-extra-${escaped(key)}`, values]);
    return {
        "impersonate-user": as,
        ...(uid === undefined ? {} : { "impersonate-uid": uid }),
        ...(groups.length > 0 ? { "impersonate-group": groups } : {}),
        ...(Object.fromEntries(extras) as Record<string, string[]>),
    };
}

/** A name in a header; the API server decodes it. */
function escaped(name: string): string {
    return encodeURIComponent(name).replace(/[()]/g, (bracket) => (bracket === "(" ? "%28" : "%29"));
}

async function ownCredentials(user: Partial<User>): Promise<Credentials> {
    const { username = "", password = "" } = user;
    const token = await tokenOf(user);
    const basic = username + password === "" ? undefined : toBase64(`${username}:${password}`);
    const [scheme, value] = token === undefined ? ["Basic", basic] : ["Bearer", token];
    const cert = user["client-certificate-data"] ?? (await textIn(user["client-certificate"]));
    const key = cert === undefined ? undefined : (user["client-key-data"] ?? (await textIn(user["client-key"])));
    return { authorization: value === undefined ? undefined : `${scheme} ${value}`, cert, key };
}

async function printed(exec: NonNullable<User["exec"]>, pluginInput: object | undefined): Promise<Credentials> {
    const { token, clientCertificateData: cert, clientKeyData: key } = await logIn(exec, pluginInput);
    return { authorization: token ? `Bearer ${token}` : undefined, cert, key };
}

/** The last text that the token file had counts; the token stands in for a file that cannot be read. */
async function tokenOf({ token, tokenFile, "auth-provider": provider }: Partial<User>): Promise<string | undefined> {
    const inFile = await textIn(tokenFile).catch((error: unknown) => {
        if (token === undefined) {
            throw error;
        }
    });
    const found = [inFile?.trim(), token].find((text) => text !== undefined && text !== "");
    if (found !== undefined && /[^\x20-\x7e]/.test(found)) {
        throw new UnusableError("the token of the kubeconfig has a character that no token has. Log in again");
    }
    return found ?? (provider && idTokenOf(provider.config));
}

function idTokenOf(config: Readonly<Record<string, string | undefined>> = {}): string {
    const token = config["id-token"] ?? "";
    if (expiryOf(token) < Date.now() + marginMs) {
        throw new UnusableError(
            "the ID token of the kubeconfig's auth-provider has expired. `kubectl auth whoami` renews it; an exec plugin " +
                "such as kubelogin renews it by itself",
        );
    }
    return token;
}

/** When a JSON Web Token expires, in milliseconds since 1970; 0 for any other text. */
function expiryOf(token: string): number {
    const claims = claimsOf<{ exp: number }>(token);
    return claims === undefined ? 0 : claims.exp * 1000;
}

async function textIn(file: string | undefined): Promise<string | undefined> {
    return file === undefined ? undefined : fs.readFile(file, "utf8");
}
