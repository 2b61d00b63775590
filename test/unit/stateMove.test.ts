import { expect } from "chai";
import { clustersIn, withClusters, without } from "../../scripts/fleet/stateMove";
import type { State, StateResource } from "../../scripts/support/state";

const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"token"' };

function urn(stack: string, type: string, name: string): string {
    return `urn:pulumi:${stack}::hubspoke::${type}::${name}`;
}

const environmentType = "hubspoke:index:Environment";
const spokeType = "hubspoke:index:Spoke";
const providerType = "pulumi:providers:kubernetes";

/** The state of a stack with clusters, as the program makes it. */
function stateWith(stack: string, clusters: readonly string[], providerId = `id-of-${stack}`): State {
    const root = urn(stack, "pulumi:pulumi:Stack", `hubspoke-${stack}`);
    const environment = urn(stack, environmentType, "prod");
    const hub = urn(stack, `${environmentType}$${providerType}`, "hub");
    const outputs = { clusters: Object.fromEntries(clusters.map((name) => [name, { server: `https://${name}` }])) };
    const spokes = clusters.flatMap((name): StateResource[] => {
        const spoke = urn(stack, `${environmentType}$${spokeType}`, name);
        const provider = urn(stack, `${environmentType}$${spokeType}$${providerType}`, name);
        return [
            { urn: spoke, type: spokeType, parent: environment },
            { urn: provider, type: providerType, id: `id-of-${name}`, parent: spoke },
            {
                urn: urn(stack, `${environmentType}$${spokeType}$kubernetes:core/v1:Secret`, `${name}-cluster-secret`),
                type: "kubernetes:core/v1:Secret",
                id: `argocd/cluster-${name}`,
                parent: spoke,
                provider: `${hub}::${providerId}`,
                dependencies: [provider],
                inputs: { data: secret, note: `prod is the stack ${stack}` },
            },
        ];
    });
    return {
        version: 3,
        deployment: {
            secrets_providers: { type: "passphrase", state: { salt: stack } },
            resources: [
                { urn: root, type: "pulumi:pulumi:Stack", outputs },
                { urn: environment, type: environmentType, parent: root, outputs },
                { urn: hub, type: providerType, id: providerId, parent: environment },
                ...spokes,
            ],
        },
    };
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
