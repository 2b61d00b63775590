import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setImmediate } from "node:timers/promises";
import { parse } from "yaml";
import { asSeenFrom, clustersHeld, lostStateVariable, refuseStatesOfOthers, type ShardPlace } from "../../preflight/shards";
import { assign } from "../../scripts/fleet/assign";
import { memoryForProcesses } from "../../scripts/support/memory";
import { memoryOf, parallelism, shardSize } from "../../scripts/support/capacity";
import { movesTo } from "../../scripts/fleet/moves";
import { fleetOptions } from "../../scripts/fleet/options";
import { inPool, report } from "../../scripts/fleet/pool";
import { changesIn, type Outcome } from "../../scripts/fleet/runs";
import { writeShards } from "../../scripts/fleet/shardFile";
import { byStack } from "../../scripts/support/stacks";
import { parseSettings, parseShard } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { refuseDivided } from "../../settings/program";
import { shardsOf } from "../../settings/shard";
import { registration } from "./support/registration";

const gibi = 2 ** 30;

describe("the shard of a cluster", () => {
    const shards = { "prod-1": ["a", "b"], "prod-2": ["c"] };

    it("never changes, whatever the size of a shard, and of clusters that are gone", () => {
        for (const size of [1, 2, 50]) {
            expect(assign("prod", ["c", "b"], shards, { size, taken: [] })).to.deep.equal({ "prod-1": ["a", "b"], "prod-2": ["c"] });
        }
    });

    it("is the first with room for a new cluster, then a new one", () => {
        const assigned = assign("prod", ["a", "b", "c", "d", "e", "f", "g"], shards, { size: 2, taken: [] });
        expect(assigned).to.deep.equal({ "prod-1": ["a", "b"], "prod-2": ["c", "d"], "prod-3": ["e", "f"], "prod-4": ["g"] });
    });

    it("has no name of another stack", () => {
        expect(assign("prod", ["a", "b"], {}, { size: 1, taken: ["prod-1", "prod-3"] })).to.deep.equal({ "prod-2": ["a"], "prod-4": ["b"] });
    });
});

describe("the size of shards, and how many run at the same time", () => {
    it("follow from the memory and the processors", () => {
        expect(memoryOf(20) / gibi).to.be.within(3.2, 3.5);
        expect(shardSize({ memory: 16 * gibi, processors: 2 }, 1)).to.equal(10);
        expect(shardSize({ memory: 2 * gibi, processors: 2 }, 1)).to.equal(8);
        expect(parallelism({ memory: 64 * gibi, processors: 4 }, 20)).to.equal(4);
        expect(parallelism({ memory: 9 * gibi, processors: 4 }, 20)).to.equal(2);
    });

    it("follow from the applications too, whose namespaces are most of a state", () => {
        const sizes = [1, 2, 5, 10, 100].map((count) => shardSize({ memory: 64 * gibi, processors: 2 }, count));
        expect(sizes).to.deep.equal([10, 8, 4, 2, 1]);
    });

    it("are at least one on a small machine", () => {
        expect(shardSize({ memory: 0.3 * gibi, processors: 1 }, 1)).to.equal(1);
        expect(parallelism({ memory: 0.3 * gibi, processors: 1 }, 20)).to.equal(1);
    });
});

describe("the memory for processes", () => {
    it("is half of a Mac's, of which Node sees only the pages that hold nothing", () => {
        expect(memoryForProcesses("darwin")).to.equal(os.totalmem() / 2);
        expect(memoryForProcesses("linux")).to.be.within(1, os.totalmem());
    });
});

describe("the moves between states", () => {
    it("bring each cluster to the stack of its shard, from wherever it is", () => {
        const assignment = { "prod-1": ["a", "b"], "prod-2": ["c", "new"] };
        expect(movesTo(assignment, { prod: ["b", "c"], "prod-1": ["a"], "prod-2": [] })).to.deep.equal([
            { from: "prod", to: "prod-1", clusters: ["b"] },
            { from: "prod", to: "prod-2", clusters: ["c"] },
        ]);
    });

    it("end one that stopped with a cluster in both states", () => {
        const holders = { prod: ["a"], "prod-1": ["a"] };
        expect(movesTo({ "prod-1": ["a"] }, holders)).to.deep.equal([{ from: "prod", to: "prod-1", clusters: ["a"] }]);
    });
});

describe("the stack files of shards", () => {
    let folder: string;
    const cwd = process.env.PULUMI_OPTION_CWD;

    beforeEach(() => {
        folder = mkdtempSync(path.join(os.tmpdir(), "fleet-"));
        process.env.PULUMI_OPTION_CWD = folder;
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
        if (cwd === undefined) {
            delete process.env.PULUMI_OPTION_CWD;
        } else {
            process.env.PULUMI_OPTION_CWD = cwd;
        }
    });

    const write = (stack: string, text: string) => writeFileSync(path.join(folder, `Pulumi.${stack}.yaml`), text);
    const read = (stack: string) => readFileSync(path.join(folder, `Pulumi.${stack}.yaml`), "utf8");

    it("are written once, refuse default providers, and keep what else they have", () => {
        expect(writeShards("prod", { "prod-1": ["a", "b"] }, {})).to.deep.equal(["prod-1"]);
        const { config } = parse(read("prod-1")) as { config: Record<string, unknown> };
        expect(config["pulumi:disable-default-providers"]).to.deep.equal(["kubernetes"]);
        expect(parseShard({ shard: config["hubspoke:shard"] })).to.deep.equal({ of: "prod", clusters: ["a", "b"] });
        expect(writeShards("prod", { "prod-1": ["a", "b"] }, { "prod-1": ["a", "b"] })).to.deep.equal([]);
        write("prod-1", `${read("prod-1")}# mine\nencryptionsalt: v1:abc\n`);
        writeShards("prod", { "prod-1": ["a"] }, { "prod-1": ["a", "b"] });
        expect(read("prod-1")).to.include("# mine").and.to.include("encryptionsalt: v1:abc");
        expect(shardsOf(folder, "prod")).to.deep.equal({ "prod-1": { of: "prod", clusters: ["a"] } });
    });

    it("are found in the order of their numbers, beside stacks with similar names", () => {
        for (const stack of ["prod-10", "prod-9"]) {
            write(stack, `config:\n  hubspoke:shard: { of: prod, clusters: [on-${stack}] }\n`);
        }
        write("prod-2", "config:\n  hubspoke:role: environment\n");
        write("prod-eu-1", "config:\n  hubspoke:shard: { of: prod-eu, clusters: [x] }\n");
        expect(Object.keys(shardsOf(folder, "prod"))).to.deep.equal(["prod-9", "prod-10"]);
    });

    it("are refused with one cluster in two, and with anything that is no list of names", () => {
        write("prod-1", "config:\n  hubspoke:shard: { of: prod, clusters: [a] }\n");
        write("prod-2", "config:\n  hubspoke:shard: { of: prod, clusters: [b, a] }\n");
        expect(() => shardsOf(folder, "prod")).to.throw(/Pulumi\.prod-2\.yaml: .*: a is in prod-1 already\. Remove it/);
        write("prod-2", "config:\n  hubspoke:shard: { of: prod, clusters: b }\n");
        expect(() => shardsOf(folder, "prod")).to.throw(/Pulumi\.prod-2\.yaml: hubspoke:shard\.clusters: must be a list/);
    });

    it("have no other settings", () => {
        const shard = { of: "prod", clusters: ["a"] };
        expect(() => parseShard({ shard, production: "true" })).to.throw(/hubspoke:production: is not a setting/);
    });
});

describe("the clusters in the state of the stack that runs", () => {
    it("are those that the engine has of it", async () => {
        const asked: unknown[] = [];
        const outputs = Object.fromEntries(
            [
                "pulumi:pulumi:Stack::hubspoke-prod-1",
                "hubspoke:index:Environment$hubspoke:index:Spoke::a",
                "kubernetes:core/v1:Secret::a-token",
            ].map((name) => [`urn:pulumi:prod-1::hubspoke::${name}`, { type: name.replace(/^.*\$|::.*$/g, ""), outputs: {} }]),
        );
        const stack = "organization/hubspoke/prod-1";
        const question = ["pulumi:pulumi:readStackResourceOutputs", { stackName: stack }];
        await pulumi.runtime.setMocks({
            newResource: () => ({ id: "", state: {} }),
            call: ({ token, inputs }) => {
                asked.push([token, inputs]);
                // What the engine says of a state that it is just writing.
                if (asked.length === 1) {
                    throw new Error("failed to load checkpoint: EOF");
                }
                return { outputs };
            },
        });
        expect(await clustersHeld(stack)).to.deep.equal(["a"]);
        expect(asked).to.deep.equal([question, question]);
    });
});

describe("a run on clusters of another stack's state", () => {
    const stack = "organization/hubspoke/prod";
    const own = { of: "prod", clusters: ["a"] };
    const shards = { "prod-1": own, "prod-2": { of: "prod", clusters: ["b"] } };
    const settings = parseSettings({
        ...{ role: "environment", environment: "prod", hub: { context: "hub" } },
        clusters: { a: { context: "a", labels: { region: "eu" } } },
    }) as EnvironmentSettings;
    const divided: ShardPlace = { shard: own, shards };
    const undivided: ShardPlace = { shard: undefined, shards: {} };
    const refuse = (held: readonly string[], registered: readonly string[], place = divided, environment = {}) => {
        const existing = registered.map((cluster) => registration({ cluster, stack, secret: `cluster-${cluster}` }));
        return () => refuseStatesOfOthers({ ...place, held }, settings, existing, stack, environment);
    };

    it("is refused where its state has a cluster that its list lacks, whether or not another list has it", () => {
        for (const other of ["b", "nowhere"]) {
            expect(refuse(["a", other], ["a", other]))
                .to.throw(/^hubspoke:shard\.clusters: .* would be removed .*Run `npm run fleet -- up prod`: it moves/)
                .with.property("message")
                .that.includes(`lacks ${other},`);
        }
    });

    it("is refused where its state lacks a cluster that the environment has registered", () => {
        expect(refuse([], ["a", "b"])).to.throw(
            /^hubspoke:clusters\.a: prod .*Secret cluster-a\), .* a second time\. Run `npm run fleet -- up prod`/,
        );
        expect(refuse([], ["a"], undivided)).to.throw(
            /lacks the stack files of its shards: get Pulumi\.prod-1\.yaml .*run `npm run fleet -- up prod`/,
        );
    });

    it("goes on with a new cluster, one that an interrupted run began to register, and one that left the settings", () => {
        for (const place of [divided, undivided]) {
            expect(refuse([], [], place)).not.to.throw();
            expect(refuse(["a"], [], place)).not.to.throw();
            expect(refuse(["a"], ["a"], place)).not.to.throw();
        }
        expect(refuse(["a", "b"], ["a", "b"], undivided)).not.to.throw();
        const gone = { ...own, clusters: ["a", "gone"] };
        expect(refuse(["a", "gone"], ["a", "gone"], { shard: gone, shards: { "prod-1": gone } })).not.to.throw();
    });

    it("goes on where the state is not read, and with clusters whose state is lost", () => {
        const existing = [registration({ cluster: "a", stack })];
        expect(() => refuseStatesOfOthers(divided, settings, existing, stack)).not.to.throw();
        expect(refuse([], ["a"], divided, { [lostStateVariable]: "x,a" })).not.to.throw();
        expect(refuse([], ["a"], divided, { [lostStateVariable]: "xa" })).to.throw(/clusters\.a: prod has registered it/);
    });

    it("goes on beside a cluster of its name that another stack registered, and one of another shard", () => {
        const other = [registration({ cluster: "a", stack: "organization/hubspoke/dr" })];
        expect(() => refuseStatesOfOthers({ ...divided, held: [] }, settings, other, stack)).not.to.throw();
        expect(refuse([], ["b"])).not.to.throw();
    });
});

describe("a stack beside shards", () => {
    const shard = { of: "prod", clusters: ["a"] };
    const shards = { "prod-1": shard };

    it("is refused, with the commands for all shards", () => {
        expect(() => refuseDivided("prod", { owner: "prod", shard: undefined, shards })).to.throw(
            /the clusters of prod are in the shards prod-1, .*`npm run fleet -- up prod`/,
        );
        expect(() => refuseDivided("prod-1", { owner: "prod", shard, shards })).not.to.throw();
        expect(() => refuseDivided("staging", { owner: "staging", shard: undefined, shards: {} })).not.to.throw();
    });

    it("is refused as a shard with a name that the other shards do not look for", () => {
        expect(() => refuseDivided("eu", { owner: "prod", shard, shards })).to.throw(/hubspoke:shard: a shard of prod is a stack prod-1/);
    });
});

describe("the registrations that a shard sees", () => {
    const stack = "organization/hubspoke/prod";
    const shards = { "prod-1": { of: "prod", clusters: ["a", "gone"] }, "prod-2": { of: "prod", clusters: ["b"] } };
    const existing = ["a", "b", "gone", "nowhere"].map((cluster) => registration({ cluster, stack }));
    const owners = (place: Parameters<typeof asSeenFrom>[0]) =>
        asSeenFrom(place, existing, stack).map(({ stack: owner }) => owner);

    it("are its own where its file has the cluster, and those of other stacks else", () => {
        expect(owners({ shard: shards["prod-1"], shards })).to.deep.equal([stack, "prod-2", stack, `${stack}, in no shard`]);
    });

    it("are all that its stack has made, without shards", () => {
        expect(owners({ shard: undefined, shards: {} })).to.deep.equal([stack, stack, stack, stack]);
    });
});

describe("shards at the same time", () => {
    const done = (stack: string): Outcome => ({ stack, result: "done", seconds: 1, changes: "nothing" });

    it("are never more than allowed, and a failure stops no other", async () => {
        let running = 0;
        let most = 0;
        const outcomes = await inPool(["a", "b", "c", "d"], 2, async (stack) => {
            most = Math.max(most, (running += 1));
            await setImmediate();
            running -= 1;
            return stack === "b" ? { ...done(stack), result: "failed", error: "no route" } : done(stack);
        });
        expect(most).to.equal(2);
        expect(outcomes.map(({ stack, result }) => `${stack} ${result}`)).to.deep.equal(["a done", "b failed", "c done", "d done"]);
    });

    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        it(`end after ${signal}, and no other begins`, async () => {
            const outcomes = await inPool(["a", "b", "c"], 1, async (stack) => {
                await setImmediate();
                process.emit(signal);
                return done(stack);
            });
            expect(outcomes.map(({ result }) => result)).to.deep.equal(["done", "not started", "not started"]);
        });
    }

    it("are in a table, with the first error of each below it", () => {
        const failed: Outcome = { stack: "prod-10", result: "failed", seconds: 61.6, changes: "2 new", error: "no route" };
        expect(report([done("prod-9"), failed], { "prod-9": ["a", "b"], "prod-10": ["c"] }).split("\n")).to.deep.equal([
            "shard    clusters  result  time  changes",
            "prod-9   2         done    1 s   nothing",
            "prod-10  1         failed  62 s  2 new",
            "prod-10: no route",
        ]);
        expect(changesIn({ same: 12, create: 3, delete: 1 })).to.equal("3 new, 1 gone");
    });
});

describe("npm run fleet", () => {
    it("reads its command line", () => {
        expect(fleetOptions(["up", "prod", "--shard-size", "30"])).to.deep.equal({
            command: "up",
            of: "prod",
            size: 30,
            parallel: undefined,
            policy: false,
            yes: false,
        });
    });

    for (const args of [[], ["up"], ["down", "prod"], ["up", "prod", "dr"], ["up", "prod", "--parallel", "0"], ["up", "prod", "--shards", "2"]]) {
        it(`refuses ${args.join(" ") || "nothing"}`, () => {
            expect(() => fleetOptions(args)).to.throw(/usage: npm run fleet/);
        });
    }
});

describe("the stack that has a cluster", () => {
    const shards = { "prod-1": { of: "prod", clusters: ["a", "b"] }, "prod-2": { of: "prod", clusters: ["c"] } };

    it("is its shard, or the environment's own", () => {
        expect(byStack({ stack: "prod", shards }, ["c", "a"])).to.deep.equal([["prod-1", ["a"]], ["prod-2", ["c"]]]);
        expect(byStack({ stack: "prod", shards: {} }, ["c", "a"])).to.deep.equal([["prod", ["c", "a"]]]);
    });

    it("is unknown for a cluster in no shard, which is refused", () => {
        expect(() => byStack({ stack: "prod", shards }, ["a", "d"])).to.throw(/^d: in no shard of prod\. .*npm run fleet -- up prod/);
    });
});
