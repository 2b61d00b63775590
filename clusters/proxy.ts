import type { Agent } from "node:http";
import * as net from "node:net";
import type * as tls from "node:tls";

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
        return new SocksProxyAgent(url);
    }
    const { HttpsProxyAgent } = await import("https-proxy-agent");
    return new HttpsProxyAgent(url, trust);
}

/**
 * The proxy that the environment names for a URL, as Go programs read it (golang.org/x/net/http/httpproxy): HTTPS_PROXY
 * or HTTP_PROXY, and NO_PROXY, or these in small letters. NO_PROXY lists domains, which cover those below them, IP
 * addresses and ranges in CIDR form, or is `*`. The machine itself is never reached through a proxy.
 */
export function proxyFromEnvironment(url: URL, env: NodeJS.ProcessEnv = process.env): string | undefined {
    const value = (name: string) => [env[name], env[name.toLowerCase()]].find(Boolean) ?? "";
    const proxy = value(url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
    if (proxy === "" || isExempt(url, value("NO_PROXY"))) {
        return undefined;
    }
    return proxy.includes("://") ? proxy : `http://${proxy}`;
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
