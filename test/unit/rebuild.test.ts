import { expect } from "chai";
import { rebuild } from "../../scripts/rebuild";
import { InputError } from "../../settings/inputError";
import { failure } from "./support/failure";
import { type FakePulumi, fakePulumi } from "./support/fakePulumi";
import { resourcesOf, urn } from "./support/fleetState";
import { objectStore, type ObjectStore } from "./support/objectStore";
import { printed } from "./support/printed";

type Annotations = Readonly<Record<string, string>>;

describe("the rebuild of a lost hub", () => {
    let hub: ObjectStore;
    let cli: FakePulumi;
    before(async () => {
        hub = await objectStore({});
    });
    after(() => hub.close());
    afterEach(() => cli.restore());

    const clusterOf = (more: object = {}) => ({ context: "x", labels: { region: "eu" }, ...more });
    const environment = (clusters: object, more: object = {}) => ({
        ...{ role: "environment", environment: "prod", hub: { kubeconfig: hub.kubeconfig }, clusters, ...more },
    });

    /** The stacks hub, prod and dr, each of the two with a cluster of its name, unless other settings are given. */
    function stacks(active: string, more: Parameters<typeof fakePulumi>[0] = {}, ofHub: object = {}): void {
        cli = fakePulumi({
            hub: {
                role: "hub",
                cluster: { kubeconfig: hub.kubeconfig },
                domain: "example.com",
                agent: { repository: "https://git.example.com/agent.git" },
                traffic: { active },
                ...ofHub,
            },
            prod: environment({ prod: clusterOf() }),
            dr: environment({ dr: clusterOf() }, { environment: "dr" }),
            ...more,
        });
        cli.setOutputs("hub", {
            argoCdNamespace: "argocd",
            applications: "[]",
            domain: "example.com",
            rollout: JSON.stringify({ strategy: "pinned" }),
            probes: "{}",
        });
    }

    function publishes(target: string): void {
        const type = "kubernetes:externaldns.k8s.io/v1alpha1:DNSEndpoint";
        const inputs = { spec: { endpoints: [{ targets: [target] }, { targets: ["agent.other.example.com"] }] } };
        cli.setState("hub", { resources: [{ urn: urn("hub", type, "traffic-endpoint"), type, inputs }] });
    }

    function deployed(stack: string, clusters: Readonly<Record<string, Annotations>>): void {
        const resources = resourcesOf(stack, Object.keys(clusters)).map((one) => {
            const [, cluster] = /::([^:]+)-cluster-secret$/.exec(one.urn) ?? [];
            const annotations = { domain: `${cluster}.example.com`, ...clusters[cluster ?? ""] };
            return cluster === undefined ? one : { ...one, inputs: { metadata: { annotations } } };
        });
        cli.setState(stack, { resources });
    }

    /** The error of a rebuild that must change nothing, without its first line. */
    async function refused(active?: string): Promise<string> {
        const error: unknown = await printed(() => rebuild({ hub: "hub", active, timeoutMs: 5_000 })).catch((one: unknown) => one);
        expect(error).to.be.instanceOf(InputError);
        expect(cli.calls().filter((call) => !/^(config|stack (ls|export|output)) /.test(`${call} `))).to.deep.equal([]);
        const [first, ...lines] = (error as InputError).message.split("\n  ");
        expect(first).to.equal("nothing was changed: this checkout is not what was deployed last.");
        return lines.join("\n");
    }

    /** The stacks that a rebuild brings up. */
    async function broughtUp(active?: string): Promise<string[]> {
        const { lines } = await printed(() => rebuild({ hub: "hub", active, timeoutMs: 5_000 }));
        expect(lines.at(-1)).to.match(/Lost with the old hub: .*failovers, promotions and releases/);
        return cli.calls().flatMap((call) => /^up .*--stack (\S+)/.exec(call)?.[1] ?? []).sort();
    }

    it("goes on where the settings are what was deployed", async () => {
        stacks("dr", { prod: environment({ prod: clusterOf({ revision: "v2" }) }) });
        publishes("agent.dr.example.com");
        deployed("prod", { prod: { revision: "v2", "hubspoke/credential-generation": "1" } });
        deployed("dr", { dr: {} });
        expect(await broughtUp()).to.deep.equal(["dr", "hub", "prod"]);
    });

    it("goes on after an interruption, where the states lack what is not on the new hub", async () => {
        stacks("prod", { prod: environment({ prod: clusterOf({ revision: "v2" }) }) });
        cli.setState("hub", { resources: [] });
        const left = resourcesOf("prod", ["prod"]).filter((one) => !one.urn.endsWith("-cluster-secret"));
        cli.setState("prod", { resources: left });
        cli.setState("dr", {});
        expect(await broughtUp()).to.deep.equal(["dr", "hub", "prod"]);
    });

    it("goes on beside a stack without a stack file and without clusters, and stops at one with clusters or a bad file", async () => {
        stacks("prod");
        publishes("agent.prod.example.com");
        deployed("prod", { prod: {} });
        deployed("dr", { dr: {} });
        cli.setState("mistake", {});
        expect(await broughtUp()).to.deep.equal(["dr", "hub", "prod"]);
        deployed("mistake", { old: {} });
        const start = () => failure(rebuild({ hub: "hub", active: undefined, timeoutMs: 5_000 }));
        const lost = /^mistake: its state has old, and this checkout has no Pulumi\.mistake\.yaml\. Get it/;
        expect(await start()).to.match(lost);
        cli.restore();
        stacks("prod", { dr: { role: "environmnt" } });
        deployed("dr", {});
        expect(await start()).to.match(/^dr: The stack's configuration has /);
    });

    describe("with an older checkout", () => {
        it("refuses to send users back, with what to write", async () => {
            stacks("prod");
            publishes("agent.dr.example.com");
            deployed("prod", { prod: {} });
            deployed("dr", { dr: {} });
            expect(await refused()).to.equal(
                "Pulumi.hub.yaml: hubspoke:traffic.active: is prod, but the lost hub sent users to dr (the state of hub). " +
                    "Write dr, as the failover's change of the stack file does. If somebody has moved users to prod by hand " +
                    "since, use: npm run rebuild -- --active prod",
            );
        });

        it("knows a cluster by its own name, and names what belongs to none", async () => {
            stacks("prod", {}, { traffic: { active: "prod", names: { dr: "second.example.net" } } });
            deployed("prod", { prod: {} });
            deployed("dr", { dr: { domain: "elsewhere" } });
            publishes("second.example.net");
            expect(await refused()).to.match(/sent users to dr /);
            publishes("agent.gone.example.com");
            expect(await refused()).to.match(/sent users to agent\.gone\.example\.com .* Write the cluster with that/);
        });

        it("goes on if the user confirms where users are, and refuses another cluster than the setting's", async () => {
            stacks("prod");
            publishes("agent.dr.example.com");
            deployed("prod", { prod: {} });
            deployed("dr", { dr: {} });
            expect(await refused("dr")).to.match(/traffic\.active: is prod, but --active names dr\. Write dr, or leave out --active/);
            expect(await broughtUp("prod")).to.deep.equal(["dr", "hub", "prod"]);
        });

        it("refuses the pins from before a promotion, of every application", async () => {
            const revisions = { retriever: { revision: "1.0.0", values: "w1" } };
            stacks("prod", { prod: environment({ prod: clusterOf({ revision: "v1", revisions }) }) });
            publishes("agent.prod.example.com");
            deployed("prod", {
                prod: { revision: "v2", "revision.hubspoke/retriever": "1.1.0", "values-revision.hubspoke/retriever": "w1" },
            });
            deployed("dr", { dr: { revision: "v2" } });
            expect((await refused()).split("\n")).to.deep.equal([
                "Pulumi.dr.yaml: hubspoke:clusters.dr.revision: is missing, but v2 was deployed last (the state of dr). Write v2, " +
                    "as the promotion's change of the stack file does.",
                "Pulumi.prod.yaml: hubspoke:clusters.prod.revision: is v1, but v2 was deployed last (the state of prod). Write v2, as " +
                    "the promotion's change of the stack file does. To deploy v1 on purpose, write " +
                    "`clusters.prod.rollbackFrom: v2` too",
                "Pulumi.prod.yaml: hubspoke:clusters.prod.revisions.retriever.revision: is 1.0.0 w1, but 1.1.0 w1 was deployed " +
                    "last (the state of prod). Write 1.1.0, and w1 as the revision of the values, as the promotion's change of " +
                    "the stack file does. To deploy 1.0.0 w1 on purpose, write `clusters.prod.revisions.retriever.rollbackFrom: 1.1.0 w1` too",
            ]);
        });

        it("deploys other pins on purpose, and ignores those from before a rolling rollout", async () => {
            stacks("prod", { prod: environment({ prod: clusterOf({ revision: "v1", rollbackFrom: "v2" }) }) });
            publishes("agent.prod.example.com");
            deployed("prod", { prod: { revision: "v2" } });
            deployed("dr", { dr: {} });
            expect(await broughtUp()).to.deep.equal(["dr", "hub", "prod"]);
            cli.restore();
            const steps = [{ environments: ["prod", "dr"] }];
            stacks("prod", {}, { rollout: { strategy: "rolling", steps } });
            publishes("agent.prod.example.com");
            deployed("prod", { prod: { revision: "v2" } });
            deployed("dr", {});
            expect(await broughtUp()).to.deep.equal(["dr", "hub", "prod"]);
        });

        it("refuses a token from before a rotation, and the removal of a cluster", async () => {
            stacks("prod");
            publishes("agent.prod.example.com");
            deployed("prod", { prod: { "hubspoke/credential-generation": "3" }, "prod-b": {} });
            deployed("dr", {});
            const [token, cluster] = (await refused()).split("\n");
            expect(token).to.match(/^Pulumi\.prod\.yaml: hubspoke:clusters\.prod\.credentials\.generation: .*Write 3/);
            expect(cluster).to.match(/^Pulumi\.prod\.yaml: hubspoke:clusters\.prod-b: is missing, but .* Put it back/);
        });

        it("compares the shards of an environment with its stack file", async () => {
            const shard = (...clusters: string[]) => ({ shard: { of: "prod", clusters } });
            const clusters = { a: clusterOf({ revision: "v2" }), b: clusterOf({ revision: "v1" }) };
            stacks("a", { prod: environment(clusters), "prod-1": shard("a"), "prod-2": shard("b") });
            publishes("agent.a.example.com");
            cli.setState("prod", {});
            deployed("prod-1", { a: { revision: "v2" } });
            deployed("prod-2", { b: { revision: "v2" } });
            cli.setState("dr", {});
            expect(await refused()).to.match(/^Pulumi\.prod\.yaml: hubspoke:clusters\.b\.revision: is v1, but v2 .*$/);
        });
    });
});
