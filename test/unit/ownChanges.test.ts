import { expect } from "chai";
import { adoptionOwns } from "../../scripts/adopt/owns";
import type { Change, Inputs } from "../../scripts/preview/events";
import { publicationOwns } from "../../scripts/failover/publish";
import { promotionOwns } from "../../scripts/promote/owns";
import { rotationOwns } from "../../scripts/rotate/owns";
import { strangeChanges } from "../../scripts/support/ownChanges";
import { change } from "./support/previews";

const secretType = "kubernetes:core/v1:Secret";
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A cluster Secret, as a preview shows it. */
function clusterSecret(annotations: Record<string, string>, labels: Record<string, string> = {}): Inputs {
    return { metadata: { name: "cluster-prod", annotations, labels }, data: "[secret]" };
}

function update(name: string, before: Inputs, after: Inputs, paths: string[] = [], type = secretType): Change {
    return change("update", type, name, { before, after, paths });
}

const rotation = rotationOwns([{ cluster: "prod", generation: 2 }]);

const old = { "hubspoke/credential-generation": "1", "hubspoke/credential-since": "then", "argocd.argoproj.io/refresh": "then" };
const next = { "hubspoke/credential-generation": "2", "hubspoke/credential-since": unknown, "argocd.argoproj.io/refresh": unknown };

describe("a rotation", () => {
    const own: Change[] = [
        change("create", "random:index/randomString:RandomString", "prod-manager-token-2-suffix"),
        change("create", secretType, "prod-manager-token-2"),
        update("prod-access", { token: { secret: "a" }, rights: ["1"] }, { token: { secret: unknown }, rights: ["1"] }, ["token.secret"]),
        update("prod-cluster-secret", clusterSecret(old), clusterSecret(next), ["data", 'metadata.annotations["hubspoke/credential-since"]']),
        update("prod-probes-files", { data: { "targets.json": "[]", "rules.yaml": "old" } }, { data: { "targets.json": "[]", "rules.yaml": unknown } }),
        change("same", secretType, "prod-other"),
        change("read", secretType, "prod-ca"),
    ];

    it("may create a token, and change what depends on it", () => {
        expect(strangeChanges(own, rotation)).to.deep.equal([]);
    });

    it("may do the same with tokens that end", () => {
        const bound = "prod-manager-token-bound";
        const names = ["", "-suffix", "-issued"];
        const made = names.map((part) => change("create", secretType, `${bound}-2${part}`));
        const gone = names.map((part) => change("delete", secretType, `${bound}-1${part}`));
        const ends = { "hubspoke/credential-expires": "then" };
        const later = { "hubspoke/credential-expires": unknown };
        const registered = update("prod-cluster-secret", clusterSecret({ ...old, ...ends }), clusterSecret({ ...next, ...later }), ["data"]);
        expect(strangeChanges([...made, ...gone, registered], rotation)).to.deep.equal([]);
        expect(strangeChanges([change("update", secretType, `${bound}-1-issued`)], rotation)).to.have.length(1);
    });

    it("may retire the previous token, and no other", () => {
        const deletion = (name: string) => change("delete", secretType, name);
        expect(strangeChanges([deletion("prod-manager-token-1"), deletion("prod-manager-token-1-suffix")], rotation)).to.deep.equal([]);
        expect(strangeChanges([deletion("prod-manager-token-2")], rotation)).to.deep.equal([`delete prod-manager-token-2 (${secretType})`]);
    });

    const strange: [name: string, change: Change, line: RegExp][] = [
        ["a label", update("prod-cluster-secret", clusterSecret(old), clusterSecret(next, { tier: "gold" })), /^update prod-cluster-secret .*: metadata\.labels\.tier$/],
        ["a pin", update("prod-cluster-secret", clusterSecret({ ...old, revision: "a" }), clusterSecret({ ...next, revision: "b" })), /: metadata\.annotations\.revision$/],
        ["a right", update("prod-access", { token: { secret: "a" }, rights: ["1"] }, { token: { secret: unknown }, rights: ["2"] }), /: rights\.0$/],
        ["another resource", update("prod-agent-quota", { spec: { hard: { pods: "1" } } }, { spec: { hard: { pods: "2" } } }), /^update prod-agent-quota .*: spec\.hard\.pods$/],
        ["another cluster's token", change("create", secretType, "prod-us-manager-token-2"), /^create prod-us-manager-token-2/],
        ["a replacement", change("replace", secretType, "prod-manager-token-2", { paths: ["type"] }), /^replace prod-manager-token-2 .*: type$/],
        ["what a Secret hides, of a token that stands", update("prod-cluster-secret", clusterSecret(next), clusterSecret(next), ["data.server"]), /: data\.server$/],
    ];
    for (const [name, one, line] of strange) {
        it(`may not change ${name}`, () => {
            const lines = strangeChanges([one], rotation);
            expect(lines).to.have.length(1);
            expect(lines[0]).to.match(line);
        });
    }
});

describe("a promotion", () => {
    const strangeIn = (changes: readonly Change[], application = "agent") =>
        strangeChanges(changes, promotionOwns(application, ["prod"]));
    const pinned = (revision: string, labels = {}) => clusterSecret({ revision }, labels);

    it("may change the pin", () => {
        const moved = update("prod-cluster-secret", pinned("a"), pinned("b"), ["metadata.annotations.revision"]);
        expect(strangeIn([moved])).to.deep.equal([]);
        expect(strangeIn([update("prod-cluster-secret", clusterSecret({}), pinned("b"), ["metadata"])])).to.deep.equal([]);
        const annotations = (version: string, values: string) =>
            clusterSecret({ "revision.hubspoke/retriever": version, "values-revision.hubspoke/retriever": values });
        const both = update("prod-cluster-secret", annotations("1.0", "v1"), annotations("2.0", "v2"));
        expect(strangeIn([both], "retriever")).to.deep.equal([]);
        expect(strangeIn([both])).to.have.length(1);
    });

    it("may change nothing else, visible or hidden, nor register a cluster", () => {
        const labelled = update("prod-cluster-secret", pinned("a"), pinned("b", { tier: "gold" }));
        const elsewhere = update("prod-cluster-secret", pinned("a"), pinned("b"), ["metadata.annotations.revision", "data.config"]);
        const created = change("create", secretType, "prod-cluster-secret");
        const other = update("dr-cluster-secret", pinned("a"), pinned("b"));
        const lines = strangeIn([labelled, elsewhere, created, other]);
        expect(lines).to.deep.equal([
            `update prod-cluster-secret (${secretType}): metadata.labels.tier`,
            `update prod-cluster-secret (${secretType}): data.config`,
            `create prod-cluster-secret (${secretType})`,
            `update dr-cluster-secret (${secretType}): metadata.annotations.revision`,
        ]);
    });
});

describe("a failover", () => {
    const record = (target: string, more: object = {}) => ({
        spec: { endpoints: [{ dnsName: "agent.example.com", recordTTL: 30, targets: [target], ...more }] },
    });
    const moved = (more: object) => [update("traffic-endpoint", record("prod"), record("dr", more), [], "externaldns:DNSEndpoint")];

    it("may change the name's target, with the checkout's TTL", () => {
        expect(strangeChanges(moved({}), publicationOwns)).to.deep.equal([]);
        expect(strangeChanges(moved({ recordTTL: 60 }), publicationOwns)).to.deep.equal([]);
    });

    it("may not publish another name, nor delete it", () => {
        expect(strangeChanges(moved({ dnsName: "other.example.com" }), publicationOwns)[0]).to.match(/: spec\.endpoints\.0\.dnsName$/);
        expect(strangeChanges([change("delete", "externaldns:DNSEndpoint", "traffic-endpoint")], publicationOwns)).to.have.length(1);
    });
});

describe("an adoption", () => {
    const owns = adoptionOwns(["prod"], ["prod", "prod-b"]);
    const ofSpoke = (operation: Change["operation"], name: string, more: Partial<Change> = {}) => {
        const type = `hubspoke:index:Environment$hubspoke:index:Spoke$${secretType}`;
        return change(operation, secretType, name, { urn: `urn:pulumi:prod::hubspoke::${type}::${name}`, ...more });
    };

    it("may make and change all that belongs to its cluster, and what every stack has above its clusters", () => {
        const changed = { before: clusterSecret({}), after: clusterSecret({ a: "b" }), paths: ["data"] };
        const own = [
            ofSpoke("create", "prod-manager-token-1"),
            ofSpoke("create", "prod"),
            ofSpoke("import", "prod-cluster-secret", changed),
            ofSpoke("update", "prod-cluster-secret", changed),
            change("create", "hubspoke:index:Environment", "prod"),
            change("create", "pulumi:providers:kubernetes", "hub"),
        ];
        expect(strangeChanges(own, owns)).to.deep.equal([]);
    });

    for (const [name, strange] of [
        ["a neighbour whose name begins with its own", ofSpoke("update", "prod-b-cluster-secret", { paths: ["data"] })],
        ["what it would delete", ofSpoke("delete", "prod-manager-token-1")],
        ["what it would replace", ofSpoke("replace", "prod-cluster-secret")],
        ["what is on no cluster of the stack", change("create", secretType, "other")],
        ["an import of something else", change("import", secretType, "other")],
    ] as const) {
        it(`may not change ${name}`, () => expect(strangeChanges([strange], owns)).to.have.length(1));
    }
});
