import { expect } from "chai";
import { isLater, withClusters, without } from "../../scripts/fleet/stateMove";
import { clustersIn } from "../../scripts/support/holders";
import type { State } from "../../scripts/support/state";
import { environmentType, providerType, resourcesOf, urn } from "./support/fleetState";

/** The state of a stack with clusters, as the program makes it. */
function stateWith(stack: string, clusters: readonly string[], providerId?: string, modified?: string): State {
    const resources = resourcesOf(stack, clusters, providerId, modified);
    return { version: 3, deployment: { secrets_providers: { type: "passphrase", state: { salt: stack } }, resources } };
}

const empty: State = { version: 3, deployment: {} };

function moved(clusters: readonly string[], to = empty): State {
    return withClusters(to, stateWith("prod", ["a", "b", "c"]), clusters, { from: "prod", to: "prod-1" });
}

describe("clusters in another stack's state", () => {
    it("are as if they had always been there, with their secrets", () => {
        const { resources } = moved(["a", "b"]).deployment;
        const expected = stateWith("prod-1", ["a", "b"], "id-of-prod").deployment.resources;
        const notes = (list: typeof resources) => JSON.parse(JSON.stringify(list).replaceAll("the stack prod-1", "the stack prod")) as unknown;
        expect(notes(resources)).to.deep.equal(notes(expected));
    });

    it("join those that are there, and use its provider of the hub", () => {
        const { resources = [] } = moved(["b"], stateWith("prod-1", ["x"])).deployment;
        expect(clustersIn({ version: 3, deployment: { resources } })).to.deep.equal(["x", "b"]);
        expect(resources.filter(({ type }) => type === environmentType)).to.have.length(1);
        expect(new Set(resources.flatMap(({ provider }) => provider ?? []))).to.deep.equal(
            new Set([`${urn("prod-1", `${environmentType}$${providerType}`, "hub")}::id-of-prod-1`]),
        );
        expect(resources[0]?.outputs).to.deep.equal({ clusters: { x: { server: "https://x" }, b: { server: "https://b" } } });
    });

    it("get the key of their new stack, and the old one only where that has none yet", () => {
        const key = ({ deployment }: State) => deployment.secrets_providers?.state;
        expect(key(moved(["a"]))).to.deep.equal({ salt: "prod" });
        expect(key(moved(["a"], stateWith("prod-1", ["x"])))).to.deep.equal({ salt: "prod-1" });
    });

    it("come back to what they were", () => {
        const one = stateWith("prod", ["a", "b", "c"]);
        const shard = moved(["a", "b"]);
        const back = withClusters(without(one, ["a", "b"]), shard, ["a", "b"], { from: "prod-1", to: "prod" });
        const sorted = ({ deployment }: State) =>
            [...(deployment.resources ?? [])].sort((left, right) => left.urn.localeCompare(right.urn));
        expect(sorted(back)).to.deep.equal(sorted(one));
    });
});

describe("a state without some clusters", () => {
    it("keeps the others, and says nothing of those that left", () => {
        const { resources } = without(stateWith("prod", ["a", "b"]), ["a"]).deployment;
        expect(resources).to.deep.equal(stateWith("prod", ["b"]).deployment.resources);
    });

    it("is empty without its last one", () => {
        expect(without(stateWith("prod", ["a"]), ["a"]).deployment.resources).to.deep.equal([]);
    });
});

describe("the later of two copies of a cluster", () => {
    const at = (modified: string | undefined, stack = "prod") => stateWith(stack, ["a"], undefined, modified);
    const withoutLast = ({ deployment: { resources = [] }, ...more }: State): State => {
        return { ...more, deployment: { resources: resources.slice(0, -1) } };
    };

    it("is the one that a run has changed last, or from which it has deleted something", () => {
        const [early, late] = [at("2026-01-01T00:00:00Z"), at("2026-01-01T00:00:00.5Z", "prod-1")];
        expect([isLater(late, early, "a"), isLater(early, late, "a")]).to.deep.equal([true, false]);
        expect([isLater(at(undefined), early, "a"), isLater(early, at(undefined), "a")]).to.deep.equal([false, true]);
        const less = withoutLast(at(undefined));
        expect([isLater(less, at(undefined), "a"), isLater(at(undefined), less, "a")]).to.deep.equal([true, false]);
    });

    it("is neither where both are the same", () => {
        expect(isLater(at("2026-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z", "prod-1"), "a")).to.equal(false);
    });
});
