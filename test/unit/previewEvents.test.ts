import { expect } from "chai";
import { type Inputs, readEvents } from "../../scripts/preview/events";
import { type ApplicationSet, fleets, chosen } from "../../scripts/preview/fleet";
import { type Selector, selects } from "../../settings/applications";
import { change } from "./support/previews";

const urn = (type: string, name: string) => `urn:pulumi:prod::hubspoke::hubspoke:index:Environment$${type}::${name}`;

/** A line of the engine's log. */
function event(op: string, type: string, name: string, more: object = {}): string {
    return JSON.stringify({ resourcePreEvent: { metadata: { op, type, urn: urn(type, name), ...more } } });
}

describe("the events of a preview", () => {
    it("become one change for each resource, a replacement's steps too", () => {
        const secret = "kubernetes:core/v1:Secret";
        const log = [
            JSON.stringify({ preludeEvent: {} }),
            event("same", "pulumi:pulumi:Stack", "hubspoke-prod"),
            event("update", "pulumi:providers:pulumi-nodejs", "default"),
            event("create", secret, "new", { provider: "prod::1", new: { inputs: { a: 1 } } }),
            event("delete", secret, "old", { old: { inputs: { a: 1 } } }),
            event("delete-replaced", secret, "moved", { old: { inputs: { a: 1 } } }),
            event("replace", secret, "moved", { old: { inputs: { a: 1 } }, new: { inputs: { a: 2 } }, diffs: ["a"] }),
            event("create-replacement", secret, "moved", { new: { inputs: { a: 2 } }, detailedDiff: { a: {} } }),
            event("update", secret, "kept", { diffs: ["b"], detailedDiff: { "b.c": { diffKind: "update" } } }),
            "",
        ].join("\n");
        const seen = readEvents(log).changes.map(({ operation, name, before, after, paths }) => {
            return { operation, name, before, after, paths };
        });
        expect(readEvents(log).changes.map(({ provider }) => provider)).to.deep.equal(["prod::1", undefined, undefined, undefined]);
        expect(seen).to.deep.equal([
            { operation: "create", name: "new", before: undefined, after: { a: 1 }, paths: [] },
            { operation: "delete", name: "old", before: { a: 1 }, after: undefined, paths: [] },
            { operation: "replace", name: "moved", before: { a: 1 }, after: { a: 2 }, paths: ["a"] },
            { operation: "update", name: "kept", before: undefined, after: undefined, paths: ["b.c"] },
        ]);
    });

    it("contain the policy violations, without the engine's colours", () => {
        const policyEvent = { message: "<{%fg 1%}>no <{%reset%}>label\n", policyName: "labels", enforcementLevel: "mandatory" };
        expect(readEvents(JSON.stringify({ policyEvent })).violations).to.deep.equal([
            { policy: "labels", level: "mandatory", message: "no label" },
        ]);
    });

    it("are no change where something is only read, or is not read any more", () => {
        const log = ["read", "refresh", "discard"].map((op) => event(op, "kubernetes:core/v1:ConfigMap", op)).join("\n");
        expect(readEvents(log).changes.map(({ operation }) => operation)).to.deep.equal(["read", "read", "read"]);
    });

    it("of an unknown kind end the run, and do not count as harmless", () => {
        expect(() => readEvents(event("explode", "kubernetes:core/v1:Secret", "a"))).to.throw('operation "explode"');
    });
});

describe("the fleet in a preview", () => {
    const secret = (labels: object) => ({
        metadata: { labels: { "argocd.argoproj.io/secret-type": "cluster", deploy: "true", ...labels } },
    });
    const spoke = (name: string, before: Inputs | undefined, after: Inputs | undefined) =>
        change("same", "kubernetes:core/v1:Secret", `${name}-cluster-secret`, {
            urn: `urn:pulumi:prod::hubspoke::hubspoke:index:Environment$hubspoke:index:Spoke$x::${name}-cluster-secret`,
            ...(before && { before }),
            ...(after && { after }),
        });
    const drain = (cluster: string, before: string, after: string) =>
        change("same", "pulumi-nodejs:dynamic/hubspoke:drain", `${cluster}-drain`, {
            before: { cluster, server: before },
            after: { cluster, server: after },
        });

    it("has each cluster's labels and API server, as they are and as they will be", () => {
        const { before, after } = fleets([
            { stack: "prod", changes: [
                spoke("prod", secret({ tier: "a" }), secret({ tier: "b" })),
                drain("prod", "https://old", "https://new"),
                spoke("gone", secret({}), undefined),
            ] },
            { stack: "hub", changes: [
                change("same", "kubernetes:core/v1:Secret", "in-cluster-secret", { before: secret({}), after: secret({}) }),
                change("same", "kubernetes:core/v1:Secret", "argocd-redis", { before: {}, after: {} }),
            ] },
        ]);
        const facts = ({ clusters }: typeof before) =>
            clusters.map(({ name, stack, labels, server }) => `${stack} ${name} ${labels.tier ?? "-"} ${server}`);
        expect(facts(before)).to.deep.equal([
            "prod prod a https://old",
            "prod gone - (API server of gone)",
            "hub in-cluster - (API server of in-cluster)",
        ]);
        expect(facts(after)).to.deep.equal(["prod prod b https://new", "hub in-cluster - (API server of in-cluster)"]);
    });

    it("has the environments that the hub protects", () => {
        const policy = (values: string[]) => ({
            spec: { matchConstraints: { objectSelector: { matchExpressions: [{ key: "environment", operator: "In", values }] } } },
        });
        const type = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy";
        const changes = [change("update", type, "protection-policy", { before: policy(["prod", "dr"]), after: policy(["dr"]) })];
        const { before, after } = fleets([{ stack: "hub", changes }]);
        expect([before.kept, after.kept]).to.deep.equal([["prod", "dr"], ["dr"]]);
    });

    const selectors: [string, Selector, boolean][] = [
        ["nothing", {}, true],
        ["a label", { matchLabels: { deploy: "true" } }, true],
        ["another value", { matchLabels: { deploy: "false" } }, false],
        ["In", { matchExpressions: [{ key: "deploy", operator: "In", values: ["true", "yes"] }] }, true],
        ["In without the key", { matchExpressions: [{ key: "tier", operator: "In", values: ["a"] }] }, false],
        ["NotIn without the key", { matchExpressions: [{ key: "tier", operator: "NotIn", values: ["a"] }] }, true],
        ["NotIn", { matchExpressions: [{ key: "deploy", operator: "NotIn", values: ["true"] }] }, false],
        ["Exists", { matchExpressions: [{ key: "deploy", operator: "Exists" }] }, true],
        ["DoesNotExist", { matchExpressions: [{ key: "deploy", operator: "DoesNotExist" }] }, false],
        ["both", { matchLabels: { deploy: "true" }, matchExpressions: [{ key: "tier", operator: "Exists" }] }, false],
    ];
    for (const [name, selector, expected] of selectors) {
        it(`is selected by a selector with ${name}`, () => {
            expect(selects(selector, { deploy: "true" })).to.equal(expected);
        });
    }

    it("is an error if a generator is unknown", () => {
        const applicationSet = { generators: [{ git: {} }], template: {} } as unknown as ApplicationSet;
        expect(() => chosen(applicationSet, [])).to.throw("the unknown generator git");
    });
});
