import { expect } from "chai";
import { quarantine } from "../../scripts/quarantine";
import { closedPort } from "./support/failure";
import { type FakePulumi, fakePulumi } from "./support/fakePulumi";
import { resourcesOf } from "./support/fleetState";
import { mockPulumi } from "./support/mocks";
import { type ObjectStore, objectStore } from "./support/objectStore";
import { printed } from "./support/printed";
import { outputsOfHub } from "./support/register";
import { registered } from "./support/ringTarget";

const names = ["a", "b", "c"];

/** The state of a stack with these clusters, with the names of their cluster Secrets. */
function stateOf(stack: string) {
    const resources = resourcesOf(stack, names).map((resource) => {
        const [, cluster] = /::([^:]+)-cluster-secret$/.exec(resource.urn) ?? [];
        return cluster === undefined ? resource : { ...resource, outputs: { metadata: { name: `cluster-${cluster}` } } };
    });
    return { resources };
}

describe("npm run quarantine", () => {
    let hub: ObjectStore;
    let cli: FakePulumi;

    /** A stack with three clusters on one hub, of which some do not answer. */
    async function begin(dead: readonly string[], quarantined: readonly string[] = []): Promise<void> {
        hub = await objectStore({ version: {}, ...Object.fromEntries(names.map((name) => registered(name))) });
        const gone = hub.kubeconfig.replace(hub.url, `http://127.0.0.1:${await closedPort()}`);
        const clusters = names.map((name) => [
            name,
            {
                ...{ kubeconfig: dead.includes(name) ? gone : hub.kubeconfig, labels: { region: "eu" } },
                ...(quarantined.includes(name) && { quarantined: "true" }),
            },
        ]);
        const settings = { role: "environment", environment: "prod", hub: { kubeconfig: hub.kubeconfig } };
        cli = fakePulumi({ prod: { ...settings, clusters: Object.fromEntries(clusters) as object } });
        await mockPulumi();
        cli.setOutputs("hub", await outputsOfHub());
        cli.setState("prod", stateOf("prod"));
    }
    afterEach(async () => {
        cli.restore();
        await hub.close();
    });

    it("puts each of two dead clusters of a stack into quarantine: it does not connect to the other one", async () => {
        await begin(["a", "b"]);
        const { lines } = await printed(() => quarantine({ stack: "prod", cluster: "b", lift: false }));
        expect(lines).to.include("prod: does not connect to a: it does not answer");
        expect(lines.at(-1)).to.match(/^prod: b is now in quarantine\. Commit/);
        expect([cli.beside("preview"), cli.beside("up")]).to.deep.equal([["a"], ["a"]]);
        const ups = cli.calls().filter((call) => call.startsWith("up "));
        expect(ups[0]?.match(/--target \S+::b\b/g)).to.have.length.greaterThan(0);
        expect(ups[0]).not.to.match(/--target \S+::[ac]\b/);
    });

    it("connects to the others while they answer, and takes one back beside a dead one", async () => {
        await begin([]);
        await printed(() => quarantine({ stack: "prod", cluster: "b", lift: false }));
        expect([cli.beside("preview"), cli.beside("up")]).to.deep.equal([[""], [""]]);
        cli.restore();
        await hub.close();
        await begin(["c"], ["b"]);
        await printed(() => quarantine({ stack: "prod", cluster: "b", lift: true }));
        expect([cli.beside("preview"), cli.beside("up")]).to.deep.equal([["c"], ["c"]]);
    });
});
