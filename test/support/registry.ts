import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A registry of images on loopback that gives a token to everyone, as the public ones do. */
export interface Registry {
    /** Host and port, as in the name of an image. */
    readonly host: string;
    /** Paths that were asked for, with a note about the token. */
    readonly asked: readonly string[];
    close(): Promise<void>;
}

/**
 * Opens a registry.
 *
 * @param images names with a tag or digest after a colon or an at sign, such as `agent:1.0.0`; without, any tag
 * @param refuses repositories for which no token helps
 */
export async function openRegistry(images: readonly string[], refuses: readonly string[] = []): Promise<Registry> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
        const { pathname, searchParams } = new URL(request.url ?? "/", "http://registry");
        const isKnown = request.headers.authorization === "Bearer for-everyone";
        asked.push(`${pathname}${isKnown ? " with token" : ""}`);
        if (pathname === "/token") {
            const scope = searchParams.get("scope") ?? "";
            response.end(JSON.stringify({ token: scope.startsWith("repository:") ? "for-everyone" : "for-nobody" }));
            return;
        }
        const [, repository = "", reference = ""] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(pathname) ?? [];
        if (!isKnown || refuses.includes(repository)) {
            const realm = `realm="http://${request.headers.host}/token"`;
            const challenge = `Bearer ${realm},service="registry",scope="repository:${repository}:pull"`;
            response.writeHead(401, { "www-authenticate": challenge }).end();
            return;
        }
        const names = [repository, `${repository}:${reference}`, `${repository}@${reference}`];
        const isThere = names.some((name) => images.includes(name));
        response.writeHead(isThere ? 200 : 404).end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
        host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
        asked,
        close: () => new Promise((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
        }),
    };
}
