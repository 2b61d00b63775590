/**
 * Least TTL of a record, in seconds, where a DNS provider has one that is above a second. Cloudflare: 60, and 30 in
 * zones of its plan Enterprise (developers.cloudflare.com/api, "DNS Records"; it refuses less: external-dns#2026).
 * GoDaddy: 600, to which external-dns raises it (external-dns 0.23: provider/godaddy/godaddy.go). Route53, Google and
 * Azure accept one second (external-dns: docs/advanced/ttl.md).
 */
const leastTtl: Readonly<Record<string, number>> = { cloudflare: 60, godaddy: 600 };
const leastTtlOfEnterprise = 30;

/** What the settings of an external-dns say that the program installs; of another one, the program knows nothing. */
interface ExternalDns {
    readonly mode: string;
    readonly provider?: string | undefined;
    readonly plan?: "enterprise" | undefined;
    readonly args?: readonly string[] | undefined;
}

/** Least TTL that the DNS provider accepts, as far as the settings say which it is. */
export function leastTtlOf({ provider, plan, args = [] }: ExternalDns): number {
    // Cloudflare decides itself about the TTL of a record that it proxies.
    const isProxied = args.some((arg) => arg === "--cloudflare-proxied" || arg === "--cloudflare-proxied=true");
    if (isProxied) {
        return 1;
    }
    return plan === "enterprise" ? leastTtlOfEnterprise : (leastTtl[provider ?? ""] ?? 1);
}

/** TTL where the settings have none: 30 seconds, or what the provider accepts at least. */
export function usualTtl(externalDns: ExternalDns): number {
    return Math.max(30, leastTtlOf(externalDns));
}

/** Flags that the program sets itself: external-dns ends at start where one is given twice. */
const ownFlags = ["provider", "policy", "registry", "txt-owner-id", "label-filter", "interval"];

/** Flags with which external-dns would publish nothing that the program writes, and why. */
const silencing: Readonly<Record<string, string>> = {
    "dry-run": "external-dns would publish nothing",
    once: "external-dns would end after its first run",
    "annotation-filter": "the program's DNSEndpoint has no annotation",
    namespace: "the program's DNSEndpoint may be in another namespace",
    "managed-record-types": "the users' name is a CNAME",
    "exclude-record-types": "the users' name is a CNAME",
    "target-net-filter": "the users' name is a CNAME, whose target is no address",
    "force-default-targets": "it replaces the cluster to which the users' name leads",
};

/** Filters in whose place external-dns ignores the zones (external-dns: controller/execute.go, createDomainFilter). */
const expressions = ["regex-domain-filter", "regex-domain-exclusion"];

/** A filter that an object without annotations passes, as the program's DNSEndpoint is: it only leaves out. */
const leavingOut = /^(![^,]+|[^,!=\s]+ ?!=[^,]*|[^,!=\s]+ notin ?\([^()]*\))$/;

/** What is wrong with a flag of external-dns; undefined if nothing is known to be. */
export function flagProblem(flag: string): string | undefined {
    const [, name = "", value] = /^--([^=]+)(?:=(.*))?$/s.exec(flag) ?? [];
    if (ownFlags.includes(name)) {
        return `--${name} is a flag that the program sets. Remove it`;
    }
    if (expressions.includes(name)) {
        return `--${name} can make external-dns ignore the zones, and leave out the users' name. Write \`zones\`, and remove it`;
    }
    const why = silencing[name];
    const isHarmless =
        value === "false" ||
        (name === "managed-record-types" && value === "CNAME") ||
        (name === "annotation-filter" && leavingOut.test(value ?? ""));
    const allowsAlias = name === "exclude-record-types" && value !== "CNAME";
    return why === undefined || isHarmless || allowsAlias ? undefined : `--${name} stops the failover: ${why}. Remove it`;
}
