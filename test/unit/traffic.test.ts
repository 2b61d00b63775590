import { expect } from "chai";
import { clusterNamed } from "../../preflight/published";
import { refuseUnknownActive, refuseUnpublishedName } from "../../preflight/traffic";
import type { Registration } from "../../clusters/registrations";
import { trafficEndpoint } from "../../components/traffic/names";
import { traffic as schema } from "../../settings/traffic";
import { bringUpHub, hubSettings } from "./support/hub";
import { all, encode, everything, one, unwrapSecret } from "./support/mocks";

const endpoint = "kubernetes:externaldns.k8s.io/v1alpha1:DNSEndpoint";

/** What the ApplicationSet gives the agent's chart. */
function chartValues(): object {
    const { inputs } = one("kubernetes:argoproj.io/v1alpha1:ApplicationSet", "agent-applicationset-applicationset");
    return (inputs as { spec: ApplicationSetSpec }).spec.template.spec.source.helm.valuesObject;
}

interface ApplicationSetSpec {
    readonly template: { readonly spec: { readonly source: { readonly helm: { readonly valuesObject: object } } } };
}

describe("the users' name", () => {
    it("is an alias of the active cluster's, for external-dns to publish", async () => {
        await bringUpHub({ traffic: { active: "prod" } });
        expect(one(endpoint, "traffic-endpoint").inputs).to.deep.include({
            metadata: { name: "agent", namespace: "argocd", labels: { "hubspoke/traffic": "true" } },
            spec: {
                endpoints: [
                    {
                        dnsName: "agent.example.com",
                        recordType: "CNAME",
                        recordTTL: 30,
                        targets: ["agent.prod.example.com"],
                    },
                ],
            },
        });
        expect(all("kubernetes:helm.sh/v3:Release")).to.have.length(1);
    });

    it("and its target may be another name", async () => {
        const names = { prod: "agent.eu.example.net" };
        await bringUpHub({ traffic: { active: "prod", name: "api.example.com", names, ttl: 5 } });
        const { spec } = one(endpoint, "traffic-endpoint").inputs as { spec: { endpoints: object[] } };
        expect(spec.endpoints[0]).to.include({ dnsName: "api.example.com", recordTTL: 5 });
        expect(spec.endpoints[0]).to.deep.include({ targets: ["agent.eu.example.net"] });
    });

    it("is two records of Route53, primary where users are, and a move swaps their targets and nothing else", async () => {
        const healthChecks = { dr: "d-1", prod: "p-1" };
        const record = (part: string, cluster: string, check: string) => ({
            dnsName: "agent.example.com",
            recordType: "CNAME",
            recordTTL: 30,
            targets: [`agent.${cluster}.example.com`],
            setIdentifier: part,
            providerSpecific: [
                { name: "aws/failover", value: part.toUpperCase() },
                { name: "aws/health-check-id", value: check },
            ],
        });
        await bringUpHub({ traffic: { active: "prod", route53: { healthChecks } } });
        expect(one(endpoint, "traffic-endpoint").inputs.spec).to.deep.equal({
            endpoints: [record("primary", "prod", "p-1"), record("secondary", "dr", "d-1")],
        });
        await bringUpHub({ traffic: { active: "dr", route53: { healthChecks } } });
        expect(one(endpoint, "traffic-endpoint").inputs.spec).to.deep.equal({
            endpoints: [record("primary", "dr", "d-1"), record("secondary", "prod", "p-1")],
        });
    });

    const checks = (...names: string[]) => ({ healthChecks: Object.fromEntries(names.map((name) => [name, "id-1"])) });
    const bad: [name: string, given: object, problem: RegExp][] = [
        ["of three clusters", { route53: checks("prod", "dr", "eu") }, /healthChecks: must name the active cluster and one other/],
        ["without the active cluster", { route53: checks("eu", "dr") }, /healthChecks: has eu, dr, and not .*, prod\. Add it/],
        ["with a text that is no id", { route53: { healthChecks: { prod: "a b", dr: "id" } } }, /healthChecks\.prod: is not a valid ID/],
        [
            "by another provider",
            { route53: checks("prod", "dr"), externalDns: { mode: "install", provider: "google" } },
            /externalDns\.provider: must be "aws"/,
        ],
    ];
    for (const [name, given, problem] of bad) {
        it(`is not a pair of Route53 records ${name}`, () => {
            expect(() => hubSettings({ traffic: { active: "prod", ...given } })).to.throw(problem);
        });
    }

    it("is passed to the chart on every cluster, in a value that every revision of it accepts", async () => {
        await bringUpHub({ traffic: { active: "prod" } });
        expect(chartValues()).to.deep.include({ config: { USERS_HOST: "agent.example.com" } });
        await bringUpHub({ traffic: { active: "prod", name: "api.example.com" } });
        expect(chartValues()).to.deep.include({ config: { USERS_HOST: "api.example.com" } });
    });

    it("does not exist if the settings have none", async () => {
        await bringUpHub();
        expect(all(endpoint)).to.deep.equal([]);
        expect(chartValues()).to.have.all.keys("cluster");
    });
});

describe("a users' name with which no failover could work", () => {
    const dns = (provider: string, more: object = {}) => ({ externalDns: { mode: "install", provider, ...more } });
    const args = (...given: string[]) => dns("aws", { args: given });
    const bad: [name: string, given: object, problem: RegExp][] = [
        ["a TTL below the least of Cloudflare's Enterprise", { ...dns("cloudflare", { plan: "enterprise" }), ttl: 29 }, /accepts 30 at least/],
        ["Cloudflare's plan at another provider", dns("aws", { plan: "enterprise" }), /externalDns\.plan: is a plan of Cloudflare/],
        ["a TTL below Cloudflare's least", { ...dns("cloudflare"), ttl: 30 }, /traffic\.ttl: is 30.*accepts 60 at least/],
        ["a TTL that GoDaddy raises", { ...dns("godaddy"), ttl: 60 }, /traffic\.ttl: is 60.*600/],
        ["itself as its target", { names: { prod: "agent.example.com" } }, /names\.prod: is agent\.example\.com.*itself/],
        ["a cluster's name for all", { name: "agent.prod.example.com" }, /traffic\.name: .*alias of itself/],
        ["a standby with its name", { names: { dr: "agent.example.com" } }, /names\.dr: .*alias of itself/],
        ["two clusters of one name", { names: { dr: "agent.prod.example.com" } }, /names\.dr: is the name of prod too/],
        ["two names that are one", { names: { a: "x.example.com", b: "x.example.com" } }, /names\.b: is the name of a too/],
        ["the top of a zone", { name: "example.com" }, /traffic\.name: .*the top of a zone/],
        ["a zone of its own", { ...dns("aws", { zones: ["agent.example.com"] }) }, /traffic\.name: .*the top of a zone/],
        ["a name in no zone", { ...dns("aws"), name: "agent.example.net" }, /traffic\.name: .*in none of the zones/],
        ["zones elsewhere", dns("aws", { zones: ["example.net"] }), /externalDns\.zones: .*in none of the zones/],
        ["a zone whose name only ends alike", { ...dns("aws"), name: "a.badexample.com" }, /in none of the zones/],
        ["an excluded domain", args("--exclude-domains=agent.example.com"), /externalDns\.args: excludes agent\.example\.com/],
        ["no publication at all", args("--dry-run"), /args\.0: --dry-run stops the failover/],
        ["a flag that the program sets", args("--policy=sync"), /args\.0: --policy is a flag that the program sets/],
        ["no aliases", args("--managed-record-types=A"), /args\.0: --managed-record-types stops/],
        ["a wildcard", { name: "*.example.com" }, /traffic\.name: is not a valid DNS name/],
        ["a dot at its end", { name: "agent.example.com." }, /traffic\.name: is not a valid DNS name/],
        ["capital letters", { name: "Agent.example.com" }, /traffic\.name: is not a valid DNS name/],
    ];
    for (const [name, given, problem] of bad) {
        it(`is refused: ${name}`, () => {
            expect(() => hubSettings({ traffic: { active: "prod", ...given } })).to.throw(problem);
        });
    }

    it("is not one that works", () => {
        const good: [given: object, ttl: number][] = [
            [{}, 30],
            [dns("aws"), 30],
            [dns("cloudflare"), 60],
            [dns("cloudflare", { plan: "enterprise" }), 30],
            [{ ...dns("cloudflare", { args: ["--cloudflare-proxied"] }), ttl: 30 }, 30],
            [{ ...dns("cloudflare"), name: "example.com" }, 60],
            [{ ...dns("aws"), ttl: 1 }, 1],
            [dns("aws", { zones: ["example.net", "example.com"] }), 30],
            [{ ...dns("aws", { args: ["--domain-filter=example.net"] }), name: "agent.example.net" }, 30],
            [dns("aws", { args: ["--managed-record-types=CNAME", "--exclude-record-types=AAAA"] }), 30],
        ];
        for (const [given, ttl] of good) {
            expect(hubSettings({ traffic: { active: "prod", ...given } }).traffic?.ttl, JSON.stringify(given)).to.equal(ttl);
        }
    });
});

describe("external-dns on the hub", () => {
    it("publishes the hub's own records, deletes none, and gets its credentials from a Secret", async () => {
        const externalDns = {
            mode: "install",
            provider: "cloudflare",
            args: ["--cloudflare-proxied"],
            env: { LEVEL: "1" },
            secretEnv: { CF_API_TOKEN: "hunter2" },
            identity: { "eks.amazonaws.com/role-arn": "arn" },
        };
        await bringUpHub({ traffic: { active: "prod", externalDns } });
        const secret = one("kubernetes:core/v1:Secret", "external-dns-secret");
        expect(secret.inputs.metadata).to.deep.equal({ name: "external-dns", namespace: "external-dns" });
        expect(unwrapSecret(secret.inputs.data)).to.deep.equal({ CF_API_TOKEN: encode("hunter2") });
        const release = one("kubernetes:helm.sh/v3:Release", "external-dns-release");
        expect(release.inputs).to.deep.include({
            chart: "external-dns",
            version: "1.22.0",
            repositoryOpts: { repo: "https://kubernetes-sigs.github.io/external-dns/" },
        });
        expect(release.inputs.values).to.deep.include({
            provider: { name: "cloudflare" },
            sources: ["crd"],
            policy: "upsert-only",
            domainFilters: ["example.com"],
            labelFilter: "hubspoke/traffic=true",
            extraArgs: ["--cloudflare-proxied"],
            env: [
                { name: "LEVEL", value: "1" },
                { name: "CF_API_TOKEN", valueFrom: { secretKeyRef: { name: "external-dns", key: "CF_API_TOKEN" } } },
            ],
            serviceAccount: { annotations: { "eks.amazonaws.com/role-arn": "arn" } },
        });
        const plain = everything().map(({ inputs }) => ({ ...inputs, data: undefined }));
        expect(JSON.stringify(plain)).not.to.include("hunter2");
    });
});

describe("the active cluster", () => {
    const registered = (cluster: string, domain = `${cluster}.example.com`): Registration => ({
        secret: `cluster-${cluster}`,
        cluster,
        argoCdName: cluster,
        server: `https://${cluster}`,
        stack: "s",
        domain,
        labels: {},
        annotations: {},
        created: "2026-01-01T00:00:00Z",
    });
    const check = (given: object, existing: Registration[]) => () =>
        refuseUnknownActive({ domain: "example.com", traffic: schema.parse(given) }, existing);

    it("is a registered cluster, with the agent's name there", () => {
        const existing = [registered("in-cluster", "hub.example.com"), registered("prod"), registered("dr", "dr.example.net")];
        check({ active: "prod" }, existing)();
        check({ active: "dr", names: { dr: "agent.dr.example.net" } }, existing)();
        expect(check({ active: "prdo" }, existing)).to.throw(
            'hubspoke:traffic.active: is "prdo", but the hub has dr, prod. Write one of these',
        );
        expect(check({ active: "dr" }, existing)).to.throw(
            "hubspoke:traffic.names.dr: the agent's name on dr is agent.dr.example.net. Write that",
        );
        const route53 = { healthChecks: { prod: "p", dr: "d" } };
        check({ active: "prod", route53, names: { dr: "agent.dr.example.net" } }, existing)();
        expect(check({ active: "prod", route53 }, existing)).to.throw("hubspoke:traffic.names.dr: ");
        expect(check({ active: "prod", route53 }, existing.slice(0, 2))).to.throw(
            'hubspoke:traffic.route53.healthChecks: is "dr", but the hub has prod. ',
        );
    });

    it("is not sent to a cluster whose agent is paused", () => {
        const paused = { ...registered("dr"), labels: { deploy: "false" } };
        expect(check({ active: "dr" }, [registered("prod"), paused])).to.throw(
            /traffic\.active: is "dr", whose agent is paused .*Set labels\.deploy of dr to "true" first/,
        );
        const route53 = { healthChecks: { prod: "p", dr: "d" } };
        check({ active: "prod", route53 }, [registered("prod"), paused])();
    });

    it("is found by the name that the hub publishes, independent of the checkout's names", () => {
        const existing = [registered("in-cluster", "hub.example.com"), registered("prod"), registered("dr", "dr.example.net")];
        const found = (target: string, given: object = {}, registrations: Pick<Registration, "cluster" | "domain">[] = existing) =>
            clusterNamed(target, registrations, {
                domain: "example.com",
                traffic: hubSettings({ traffic: { active: "prod", ...given } }).traffic!,
            });
        expect(found("agent.dr.example.net")).to.equal("dr");
        expect(found("agent.prod.example.com", { names: { prod: "agent.other.example.com" } })).to.equal("prod");
        expect(found("agent.lost.example.com")).to.equal(undefined);
        const byHand = [{ cluster: "eu", domain: undefined }];
        expect(found("agent.eu.example.com", {}, byHand)).to.equal("eu");
    });

    it("is not looked for where the hub publishes none, and a cluster that was registered by hand has any name", () => {
        refuseUnknownActive({ domain: "example.com", traffic: undefined }, [registered("prod")]);
        check({ active: "eu" }, [{ ...registered("eu"), domain: undefined }])();
    });

    it("is the primary record's in Route53, wherever the settings name its health check", () => {
        const targets = (active: string) => {
            const traffic = schema.parse({ active, route53: { healthChecks: { dr: "d", prod: "p" } } })!;
            const { endpoints } = trafficEndpoint("argocd", "example.com", traffic).spec;
            return endpoints.map(({ setIdentifier, targets: [target] }) => [setIdentifier, target]);
        };
        for (const [active, other] of [["prod", "dr"], ["dr", "prod"]] as const) {
            expect(targets(active)).to.deep.equal([
                ["primary", `agent.${active}.example.com`],
                ["secondary", `agent.${other}.example.com`],
            ]);
        }
    });

    it("is accepted by a hub that was created again", () => {
        check({ active: "prod" }, [])();
        check({ active: "prod" }, [registered("in-cluster", "hub.example.com")])();
    });

    it("would not be published on a hub without external-dns, which is refused", () => {
        const traffic = schema.parse({ active: "prod" });
        expect(() => refuseUnpublishedName({ traffic }, ["apps"])).to.throw(/hubspoke:traffic\.externalDns\.mode: .*or write "install"/);
        refuseUnpublishedName({ traffic }, ["apps", "externaldns.k8s.io"]);
        refuseUnpublishedName({ traffic: undefined }, []);
    });
});
