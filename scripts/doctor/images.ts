import { agentThrough, proxyFromEnvironment } from "../../clusters/proxy";
import { type Answer, send } from "../../clusters/https";
import { type Finding, finding, ok } from "./finding";

/** Limit of one request to a registry, in milliseconds. */
const timeoutMs = 15_000;

/** Answers that send to another address (RFC 9110, 15.4), and how many are followed. */
const redirects = [301, 302, 307, 308];
const mostRedirects = 3;

/** Media types of manifests and indexes (OCI image-spec and Docker's schema 2). */
const manifestTypes = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** An image's place in a registry. */
export interface ImageName {
    /** Host, with a port where there is one. */
    readonly registry: string;
    readonly repository: string;
    /** Tag or digest. */
    readonly reference: string;
}

/** Parses the name of an image as a container runtime does (distribution, reference/normalize.go). */
export function parseImage(image: string): ImageName {
    const [, named = image, digest] = /^(.+?)(?:@(sha256:[0-9a-f]{64}))?$/.exec(image) ?? [];
    const [, path = named, tag = "latest"] = /^(.+?)(?::([\w][\w.-]*))?$/.exec(named) ?? [];
    const [first = "", ...rest] = path.split("/");
    const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
    const repository = isHost ? rest.join("/") : rest.length > 0 ? path : `library/${path}`;
    const registry = isHost && first !== "docker.io" ? first : "registry-1.docker.io";
    return { registry, repository, reference: digest ?? tag };
}

/** Names of all images in rendered objects, each once. */
export function imagesIn(value: unknown): string[] {
    if (typeof value !== "object" || value === null) {
        return [];
    }
    const own = Object.entries(value).flatMap(([key, inner]): string[] => {
        const isContainers = (key === "containers" || key === "initContainers") && Array.isArray(inner);
        const images = isContainers ? (inner as { image?: unknown }[]).map(({ image }) => image) : [];
        return [...images.filter((image) => typeof image === "string"), ...imagesIn(inner)];
    });
    return [...new Set(own)];
}

/**
 * Asks a registry, anonymously, whether it has an image's manifest. The images on a machine's loopback are asked for
 * without TLS, as container runtimes do.
 */
export async function checkImage(image: string): Promise<Finding> {
    const { registry, repository, reference } = parseImage(image);
    try {
        const url = new URL(`${schemeOf(registry)}://${registry}/v2/${repository}/manifests/${reference}`);
        const first = await read(url);
        const token = first.status === 401 ? await anonymousToken(String(first.headers["www-authenticate"] ?? "")) : undefined;
        const { status } = token === undefined ? first : await read(first.url, token);
        switch (status) {
            case 200:
                return ok(`image ${image}`);
            case 404:
                return finding("fail", `image ${image}: ${registry} has no such manifest. Push it, or correct its name or tag`);
            case 401:
            case 403:
                return finding(
                    "unknown",
                    `image ${image}: ${registry} wants a login, so the image was not checked. Give the pods a pull secret`,
                );
            default:
                return finding("unknown", `image ${image}: ${registry} answers ${status}. Try again later`);
        }
    } catch (error) {
        const why = (error as Error).message;
        return finding(
            "unknown",
            `image ${image}: ${registry} cannot be reached from here (${why}). Check that the clusters' nodes reach it`,
        );
    }
}

function schemeOf(registry: string): "http" | "https" {
    return /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(registry) ? "http" : "https";
}

/**
 * Reads a URL, or the one that it leads to, as registry.k8s.io does.
 *
 * @param token goes to the URL's own host alone
 * @returns the answer, and the URL that has given it
 */
async function read(url: URL, token?: string, left = mostRedirects): Promise<Answer & { readonly url: URL }> {
    const proxy = proxyFromEnvironment(url);
    const agent = proxy === undefined ? undefined : await agentThrough(proxy, {});
    const headers = { accept: manifestTypes, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    const answer = await send(url, { headers, agent }, timeoutMs);
    const { location } = answer.headers;
    if (left === 0 || location === undefined || !redirects.includes(answer.status)) {
        return { ...answer, url };
    }
    const next = new URL(location, url);
    return read(next, next.origin === url.origin ? token : undefined, left - 1);
}

/** The token that a registry gives to everyone (distribution, "Token Authentication Specification"). */
async function anonymousToken(challenge: string): Promise<string | undefined> {
    const field = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(challenge)?.[1];
    const [realm, service, scope] = [field("realm"), field("service"), field("scope")];
    if (!/^Bearer /i.test(challenge) || realm === undefined || !URL.canParse(realm)) {
        return undefined;
    }
    const url = new URL(realm);
    for (const [key, value] of Object.entries({ service, scope })) {
        if (value !== undefined) {
            url.searchParams.set(key, value);
        }
    }
    const { status, body } = await read(url);
    type Tokens = { readonly token?: string; readonly access_token?: string };
    const tokens = (status === 200 ? JSON.parse(body) : {}) as Tokens;
    return tokens.token ?? tokens.access_token;
}
