import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { proxyFromEnvironment } from "../../clusters/proxy";
import { type Finding, finding, ok } from "./finding";

/** Limit of one look-up, in milliseconds. */
const timeoutMs = 5_000;

/** A server that the stack needs. */
export interface NeededHost {
    /** What it is for, such as `the API server of clusters.prod`. */
    readonly what: string;
    /** Its URL, or Git's notation host:path. */
    readonly url: string;
}

/** Asks DNS for the hosts; not for addresses, and not for those that a proxy looks up. */
export async function checkHosts(needed: readonly NeededHost[]): Promise<Finding[]> {
    const hosts = new Map(needed.flatMap(({ what, url }) => hostIn(url).map((host) => [host, what] as const)));
    const failed = await Promise.all(
        [...hosts].map(async ([host, what]) => {
            const why = await problemOf(host);
            return why === undefined
                ? []
                : [finding("fail", `${host}, ${what}: DNS gives no address (${why}). Correct the name, or this machine's DNS`)];
        }),
    );
    const found = [...hosts.keys()].filter((_, index) => failed[index]?.length === 0);
    return [...(found.length > 0 ? [ok(`DNS: ${found.join(", ")}`)] : []), ...failed.flat()];
}

/** The host, if this machine has to look it up. */
function hostIn(text: string): string[] {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const host = url?.host ? url.hostname.replace(/^\[|\]$/g, "") : (/^(?:[^@/]+@)?([\w.-]+):/.exec(text)?.[1] ?? "");
    const isProxied = url !== undefined && proxyFromEnvironment(url) !== undefined;
    return host === "" || isIP(host) !== 0 || isProxied ? [] : [host];
}

/** Why a name has no address; undefined if it has one. */
export async function problemOf(host: string): Promise<string | undefined> {
    const late = sleep(timeoutMs, `no answer in ${timeoutMs / 1000} seconds`, { ref: false });
    const found = lookup(host).then(
        () => undefined,
        (error: NodeJS.ErrnoException) => error.code ?? error.message,
    );
    return Promise.race([found, late]);
}
