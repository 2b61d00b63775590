import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import agentRules from "../../rules/agent.json";
import { delivering, type PolicyRule, reading, rulesBeside } from "../../components/account/rules";
import { type Manifest, rulesFor as rulesOfManifests } from "../../scripts/rules/kinds";
import { chartFolder } from "../support/agentChart";

const allowed = { namespace: "agent", secrets: false, clusterKinds: [], kinds: [] };
const rulesFor = (manifests: readonly Manifest[]) => rulesOfManifests(manifests, allowed);

/** The kinds in the chart's templates: `apiVersion` and `kind` at the start of a line, so no references. */
function templateKinds(): Manifest[] {
    const templates = path.join(chartFolder, "templates");
    return readdirSync(templates)
        .filter((name) => name.endsWith(".yaml"))
        .flatMap((name) => {
            const text = readFileSync(path.join(templates, name), "utf8");
            return [...text.matchAll(/^apiVersion: (?<apiVersion>\S+)\nkind: (?<kind>\S+)$/gm)];
        })
        .map(({ groups }) => ({ apiVersion: groups?.apiVersion ?? "", kind: groups?.kind ?? "" }));
}

/** Single rights, such as `get apps/deployments`. */
function rights(rules: PolicyRule[]): string[] {
    return rules.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
            resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
        ),
    );
}

describe("the rules that Argo CD has on a spoke", () => {
    it("are there for a chart with a dozen kinds", () => {
        const kinds = templateKinds().map(({ kind }) => kind);
        expect(kinds).to.include.members(["Deployment", "Service", "Ingress"]);
        expect(templateKinds()).to.have.length.above(10);
    });

    for (const kind of templateKinds()) {
        it(`cover ${kind.kind} (${kind.apiVersion}) and the objects that it owns`, () => {
            const given = rights(agentRules);
            const missing = rights(rulesFor([kind])).filter((right) => !given.includes(right));
            expect(missing).to.deep.equal([]);
        });
    }

    it("give no right that the chart does not need", () => {
        const needed = rights(rulesFor(templateKinds()));
        expect(rights(agentRules).filter((right) => !needed.includes(right))).to.deep.equal([]);
    });

    it("never reach Secrets, and have no wildcard", () => {
        const resources = agentRules.flatMap((rule) => rule.resources);
        expect(resources).not.to.include("secrets");
        expect(JSON.stringify(agentRules)).not.to.include("*");
    });

    it("are not made for a kind that by its name may be in no namespace, until the settings say which", () => {
        const issuer = { apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", metadata: { name: "ca" } };
        const unclear = /ClusterIssuer ca is of a kind .* `\{ group: "cert-manager\.io", .*clusterKinds/;
        expect(() => rulesFor([issuer])).to.throw(unclear);
        const named = { group: "cert-manager.io", kind: "ClusterIssuer", resource: "clusterissuers" };
        expect(rulesOfManifests([issuer], { ...allowed, clusterKinds: [named] })).to.deep.equal(rulesFor([]));
        expect(rights(rulesOfManifests([issuer], { ...allowed, kinds: [named] }))).to.include("create cert-manager.io/clusterissuers");
    });

    it("are not made for kinds of Kubernetes that are in no namespace", () => {
        const kinds = ["flowcontrol.apiserver.k8s.io/v1 FlowSchema", "storage.k8s.io/v1 VolumeAttributesClass", "resource.k8s.io/v1 DeviceClass"];
        for (const [apiVersion = "", kind = ""] of kinds.map((one) => one.split(" "))) {
            expect(() => rulesFor([{ apiVersion, kind }]), kind).to.throw(/is in no namespace/);
        }
    });

    it("do not depend on the order of the kinds", () => {
        expect(rulesFor(templateKinds().reverse())).to.deep.equal(rulesFor(templateKinds()));
    });

    const refused: [what: string, manifest: Manifest, error: RegExp][] = [
        [
            "a kind in no namespace",
            { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name: "foos.example.com" } },
            /foos\.example\.com is in no namespace.*"apiextensions\.k8s\.io".*resource: customresourcedefinitions/,
        ],
        ["a Secret", { apiVersion: "v1", kind: "Secret", metadata: { name: "key" } }, /Secret key is a Secret.*secrets: true/],
        [
            "an object in another namespace",
            { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "kube-system" } },
            /ConfigMap a is in the namespace kube-system, and the application's is agent/,
        ],
    ];
    for (const [what, manifest, error] of refused) {
        it(`are not made for a chart with ${what}, unless the settings allow it`, () => {
            expect(() => rulesFor([manifest])).to.throw(error);
        });
    }

    it("use the plural of a definition in the chart, and leave out kinds that the settings list, and tests", () => {
        const definition = {
            apiVersion: "apiextensions.k8s.io/v1",
            kind: "CustomResourceDefinition",
            spec: { group: "example.com", names: { kind: "Foo", plural: "fooes" } },
        };
        const clusterKinds = [{ group: "apiextensions.k8s.io", kind: "CustomResourceDefinition", resource: "customresourcedefinitions" }];
        const test = { apiVersion: "v1", kind: "Pod", metadata: { annotations: { "helm.sh/hook": "test" } } };
        const made = rulesOfManifests([definition, { apiVersion: "example.com/v1", kind: "Foo" }, test], { ...allowed, clusterKinds });
        expect(made.map(({ resources }) => resources)).to.deep.equal([["fooes"], ["events"]]);
    });

    it("are not made for an object in no namespace by a definition in the chart", () => {
        const definition = {
            apiVersion: "apiextensions.k8s.io/v1",
            kind: "CustomResourceDefinition",
            spec: { group: "example.com", names: { kind: "Foo", plural: "fooes" }, scope: "Cluster" },
        };
        const foo = { apiVersion: "example.com/v1", kind: "Foo", metadata: { name: "a" } };
        const listed = { group: "apiextensions.k8s.io", kind: "CustomResourceDefinition", resource: "customresourcedefinitions" };
        const make = (more: readonly object[]) =>
            rulesOfManifests([definition, foo], { ...allowed, clusterKinds: [listed, ...more] as (typeof listed)[] });
        expect(() => make([])).to.throw(/Foo a is in no namespace.*group: "example\.com", kind: Foo, resource: fooes/);
        const made = make([{ group: "example.com", kind: "Foo", resource: "fooes" }]);
        expect(made.map(({ resources }) => resources)).to.deep.equal([["events"]]);
    });

    const plurals = {
        ...{ Service: "services", Ingress: "ingresses", NetworkPolicy: "networkpolicies", Endpoints: "endpoints" },
        ...{ Gateway: "gateways", Proxy: "proxies", Elasticsearch: "elasticsearches", Mesh: "meshes", Mailbox: "mailboxes" },
        ...{ Prometheus: "prometheuses", Kafka: "kafkas", DNSEndpoint: "dnsendpoints", Key: "keys" },
    };
    for (const [kind, plural] of Object.entries(plurals)) {
        it(`name the resource of a kind that the chart does not define by its plural: ${kind}, ${plural}`, () => {
            expect(rulesFor([{ apiVersion: "example.com/v1", kind }])[0]?.resources).to.deep.equal([plural]);
        });
    }

    it("take the resource that the settings give, where the chart does not define the kind", () => {
        const named = (group: string, kind: string, resource: string) => ({ group, kind, resource });
        const kinds = [named("example.com", "Redis", "redis"), named("other.com", "Foo", "fooish"), named("example.com", "Bar", "wrong")];
        const definition = {
            apiVersion: "apiextensions.k8s.io/v1",
            kind: "CustomResourceDefinition",
            spec: { group: "example.com", names: { kind: "Bar", plural: "barren" } },
        };
        const objects = ["Redis", "Foo", "Bar"].map((kind) => ({ apiVersion: "example.com/v1", kind }));
        const clusterKinds = [named("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions")];
        const [rule] = rulesOfManifests([...objects, definition], { ...allowed, clusterKinds, kinds });
        expect(rule?.resources).to.deep.equal(["barren", "foos", "redis"]);
    });

    it("read, beside other applications, what those deliver, and write only their own", () => {
        const rule = (resource: string, verbs = delivering) => ({ apiGroups: ["apps"], resources: [resource], verbs });
        expect(rulesBeside([rule("deployments")], [[rule("deployments"), rule("statefulsets")]])).to.deep.equal([
            rule("deployments"),
            rule("statefulsets", reading),
        ]);
        expect(rulesBeside([rule("deployments")], [])).to.deep.equal([rule("deployments")]);
    });
});
