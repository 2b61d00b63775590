import type { Agent } from "node:http";
import * as net from "node:net";
import type * as tls from "node:tls";
import { GiveUp } from "./wait";

/**
 * Connects through a proxy: `http://`, `https://`, or `socks5://`, where the proxy looks up the server's name.
 *
 * @param trust how an `https://` proxy is trusted
 */
export async function agentThrough(proxy: string, trust: tls.ConnectionOptions): Promise<Agent> {
    const url = new URL(proxy);
    if (url.protocol.startsWith("socks")) {
        const { SocksProxyAgent } = await import("socks-proxy-agent");
        url.protocol = "socks5h:";
        const agent = new SocksProxyAgent(url);
        // The package connects to an IPv6 address with the brackets of a URL, as to a name.
        agent.proxy.host = url.hostname.replace(/^\[|\]$/g, "");
        return agent;
    }
    const { HttpsProxyAgent } = await import("https-proxy-agent");
    return new HttpsProxyAgent(url, trust);
}

/**
 * The proxy that the environment names for a URL, as Go programs read it (golang.org/x/net/http/httpproxy): HTTPS_PROXY
 * or HTTP_PROXY, and NO_PROXY, or these in small letters. NO_PROXY lists domains, which cover those below them, IP
 * addresses and ranges in CIDR form, or is `*`. The machine itself is never reached through a proxy.
 *
 * @throws Error that names the variable, and nothing of its value, if it is not the URL of a proxy
 */
export function proxyFromEnvironment(url: URL, env: NodeJS.ProcessEnv = process.env): string | undefined {
    const set = (name: string) => [name, name.toLowerCase()].find((one) => Boolean(env[one])) ?? name;
    const variable = set(url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
    const given = env[variable] ?? "";
    if (given === "" || isExempt(url, env[set("NO_PROXY")] ?? "")) {
        return undefined;
    }
    const proxy = given.includes("://") ? given : `http://${given}`;
    if (!isProxyUrl(proxy)) {
        throw new GiveUp(`the variable ${variable} is not the URL of a proxy. ${escaping}, or correct the variable`);
    }
    return proxy;
}

/** What to do with a proxy's URL that is none. */
export const escaping = "Escape the special characters of its user name and password, for example # as %23";

/**
 * Whether a text is a URL whose user name and password end where its author meant: an unescaped `#` or `/` would make
 * what is before it a host, which errors name.
 */
export function isProxyUrl(text: string): boolean {
    if (!URL.canParse(text) || /^[^/]*\/\/[^/?#\\]*[/?#\\].*@/.test(text)) {
        return false;
    }
    const { username, password } = new URL(text);
    try {
        decodeURIComponent(`${username}:${password}`);
        return true;
    } catch {
        return false;
    }
}

function isExempt(url: URL, exempt: string): boolean {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const port = url.port || (url.protocol === "https:" ? "443" : "80");
    const entries = exempt.toLowerCase().split(",").map((entry) => entry.trim());
    return isThisMachine(host) || entries.some((entry) => covers(entry, host, port));
}

function isThisMachine(host: string): boolean {
    return host === "localhost" || host === "::1" || (net.isIPv4(host) && host.startsWith("127."));
}

function covers(entry: string, host: string, port: string): boolean {
    if (entry === "*") {
        return true;
    }
    const [, range = "", bits = ""] = /^(.+)\/(\d+)$/.exec(entry) ?? [];
    if (net.isIP(range) !== 0) {
        return isIn(host, range, Number(bits));
    }
    const [, bracketed, plain, entryPort = port] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
    const name = bracketed ?? plain ?? entry;
    if (name === "" || entryPort !== port) {
        return false;
    }
    if (net.isIP(name) !== 0) {
        return isIn(host, name, net.isIPv4(name) ? 32 : 128);
    }
    const domain = name.replace(/^\*(?=\.)/, "");
    return domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function isIn(host: string, address: string, bits: number): boolean {
    const family = (ip: string) => (net.isIPv4(ip) ? "ipv4" : "ipv6");
    const most = net.isIPv4(address) ? 32 : 128;
    if (net.isIP(host) === 0 || bits > most) {
        return false;
    }
    const list = new net.BlockList();
    list.addSubnet(address, bits, family(address));
    return list.check(host, family(host));
}
