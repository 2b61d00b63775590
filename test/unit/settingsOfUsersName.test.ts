import { expect } from "chai";
import { flagProblem } from "../../settings/externalDnsLimits";
import { type Case, hub, refuse } from "./support/refusals";

describe("the settings of the users' name", () => {
    const traffic = (more: object) => hub({ traffic: { active: "prod", ...more } });
    const dns = (more: object) => ({ externalDns: { mode: "install", provider: "aws", ...more } });
    const loop = (name: string, cluster: string) =>
        `is ${name}, which would be an alias of itself: it is the users' name and that of ${cluster}. Change one`;
    const top = (name: string) =>
        `traffic.name: is ${name}, the top of a zone, which cannot be an alias (CNAME). Write a name in it, as agent.${name}`;
    const elsewhere =
        "traffic.externalDns.zones: the users' name agent.example.com is in none of the zones that external-dns may change, " +
        "example.net: it would not publish it. Change traffic.name, or add its zone to traffic.externalDns.zones";
    const twin = (other: string) => `is the name of ${other} too: a move between them would move nobody. Change one`;
    refuse([
        [
            "a cluster's name for all",
            traffic({ name: "agent.prod.example.com" }),
            `traffic.name: ${loop("agent.prod.example.com", "prod")}`,
        ],
        [
            "a standby with the users' name",
            traffic({ names: { dr: "agent.example.com" } }),
            `traffic.names.dr: ${loop("agent.example.com", "dr")}`,
        ],
        ["a name of two clusters", traffic({ names: { dr: "agent.prod.example.com" } }), `traffic.names.dr: ${twin("prod")}`],
        ["one name given twice", traffic({ names: { a: "x.example.com", b: "x.example.com" } }), `traffic.names.b: ${twin("a")}`],
        [
            "the top of a zone",
            traffic({ name: "example.com" }),
            top("example.com"),
        ],
        [
            "a name in no zone",
            traffic({ ...dns({ zones: ["example.com", "example.org"] }), name: "agent.example.net" }),
            "traffic.name: the users' name agent.example.net is in none of the zones that external-dns may change, example.com, " +
                "example.org: it would not publish it. Change traffic.name, or add its zone to traffic.externalDns.zones",
        ],
        [
            "zones elsewhere",
            traffic(dns({ zones: ["example.net"] })),
            elsewhere,
        ],
        [
            "an excluded domain",
            traffic(dns({ args: ["--exclude-domains=example.com."] })),
            "traffic.externalDns.args: excludes example.com, in which the users' name agent.example.com is: external-dns would " +
                "not publish it. Remove it",
        ],
        ["an excluded domain beside it", traffic(dns({ args: ["--exclude-domains=ple.com"] }))],
        ["a filter that begins with a dot", traffic(dns({ zones: ["example.net"], args: ["--domain-filter=.example.com"] }))],
        ["another flag than a filter", traffic(dns({ zones: ["example.net"], args: ["--log-level=.example.com"] })), elsewhere],
        [
            "a zone's top in a zone that external-dns may change",
            traffic({ ...dns({ zones: ["users.example.com", "example.com"] }), name: "users.example.com" }),
            top("users.example.com"),
        ],
        ["that name where another external-dns has the zones", traffic({ name: "users.example.com" })],
        ["the top of a zone of Cloudflare, which answers for it itself", traffic({ ...dns({ provider: "cloudflare" }), name: "example.com" })],
        ["names that are exchanged", traffic({ names: { a: "y.example.com", b: "x.example.com" } })],
        [
            "a TTL below Cloudflare's",
            traffic({ ...dns({ provider: "cloudflare" }), ttl: 59 }),
            "traffic.ttl: is 59, and the DNS provider accepts 60 at least. Write 60, or remove it, or set externalDns.plan if the " +
                "zone has Cloudflare's plan Enterprise",
        ],
        ...["--cloudflare-proxied", "--cloudflare-proxied=true"].map((flag): Case => [
            `any TTL where Cloudflare decides about it: ${flag}`,
            traffic({ ...dns({ provider: "cloudflare", args: [flag] }), ttl: 1 }),
        ]),
        [
            "a TTL below Cloudflare's with other flags of it",
            traffic({ ...dns({ provider: "cloudflare", args: ["--cloudflare-proxied=false", "--cloudflare-x"] }), ttl: 1 }),
            "traffic.ttl: is 1, and the DNS provider accepts 60 at least. Write 60, or remove it, or set externalDns.plan if the " +
                "zone has Cloudflare's plan Enterprise",
        ],
        ["Cloudflare's least TTL", traffic({ ...dns({ provider: "cloudflare" }), ttl: 60 })],
        [
            "a TTL below GoDaddy's",
            traffic({ ...dns({ provider: "godaddy" }), ttl: 599 }),
            "traffic.ttl: is 599, and the DNS provider accepts 600 at least. Write 600, or remove it",
        ],
        [
            "Cloudflare's plan with another provider",
            traffic(dns({ plan: "enterprise" })),
            "traffic.externalDns.plan: is a plan of Cloudflare, and provider is another. Remove it",
        ],
        ["Cloudflare's plan", traffic({ ...dns({ provider: "cloudflare", plan: "enterprise" }), ttl: 30 })],
        [
            "a variable that is a secret too",
            traffic(dns({ env: { A: "1", B: "2" }, secretEnv: { B: "x" } })),
            "traffic.externalDns.env.B: is in secretEnv too, and the pods would get one of the two. Remove one",
        ],
        [
            "health checks without the active cluster",
            traffic({ ...dns({}), route53: { healthChecks: { dr: "a", eu: "b" } } }),
            "traffic.route53.healthChecks: has dr, eu, and not the active cluster, prod. Add it",
        ],
        [
            "health checks of Route 53 with another provider",
            traffic({ ...dns({ provider: "google" }), route53: { healthChecks: { prod: "a", dr: "b" } } }),
            'traffic.externalDns.provider: must be "aws" with route53. Write "aws", or remove route53',
        ],
        ["health checks of Route 53", traffic({ ...dns({}), route53: { healthChecks: { prod: "a", dr: "b" } } })],
        ["health checks, and an external-dns that stands", traffic({ route53: { healthChecks: { prod: "a", dr: "b" } } })],
    ]);
});

describe("a flag of external-dns", () => {
    const own = ["provider", "policy", "registry", "txt-owner-id", "label-filter", "interval"];
    const stops: Readonly<Record<string, string>> = {
        "--dry-run": "external-dns would publish nothing",
        "--once": "external-dns would end after its first run",
        "--annotation-filter=a=b": "the program's DNSEndpoint has no annotation",
        "--namespace=x": "the program's DNSEndpoint may be in another namespace",
        "--managed-record-types=A": "the users' name is a CNAME",
        "--exclude-record-types=CNAME": "the users' name is a CNAME",
        "--target-net-filter=10.0.0.0/8": "the users' name is a CNAME, whose target is no address",
        "--force-default-targets": "it replaces the cluster to which the users' name leads",
    };

    it("is refused where it stops the failover, and says why", () => {
        for (const [flag, why] of Object.entries(stops)) {
            const [name] = flag.split("=");
            expect(flagProblem(flag)).to.equal(`${name} stops the failover: ${why}. Remove it`);
        }
    });

    it("is refused where the program sets it, or where it hides the zones", () => {
        for (const name of own) {
            expect(flagProblem(`--${name}=x`)).to.equal(`--${name} is a flag that the program sets. Remove it`);
        }
        for (const name of ["regex-domain-filter", "regex-domain-exclusion"]) {
            expect(flagProblem(`--${name}=x`)).to.equal(
                `--${name} can make external-dns ignore the zones, and leave out the users' name. Write \`zones\`, and remove it`,
            );
        }
    });

    it("is accepted where it changes nothing of that", () => {
        for (const flag of [
            "--dry-run=false", "--managed-record-types=CNAME", "--exclude-record-types=AAAA", "--annotation-filter=!a",
            "--annotation-filter=a!=b", "--annotation-filter=a notin (b,c)", "--log-level=debug", "log", "--aws-zone-type=public",
        ]) {
            expect(flagProblem(flag), flag).to.equal(undefined);
        }
    });
});
