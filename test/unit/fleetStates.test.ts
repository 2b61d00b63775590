import { expect } from "chai";
import { readFileSync } from "node:fs";
import { type Fleet, readFleet, record, recordForUp, settledShards } from "../../scripts/fleet/environment";
import { makeMoves, removeStack } from "../../scripts/fleet/moves";
import { refuseHeldTwice } from "../../scripts/recover/lost";
import { stacksToRotate } from "../../scripts/rotate";
import { existingShards } from "../../scripts/support/existingShards";
import { clustersIn } from "../../scripts/support/holders";
import { readPlainState, readState, type State, writeState } from "../../scripts/support/state";
import { failure } from "./support/failure";
import { type FakePulumi, fakePulumi } from "./support/fakePulumi";
import { resourcesOf } from "./support/fleetState";
import { printed } from "./support/printed";

const labels = { region: "eu" };
const clusters = { a: { context: "a", labels }, b: { context: "b", labels } };
const prod = { role: "environment", environment: "prod", hub: { context: "hub" }, clusters };
const shard = (...names: string[]) => ({ shard: { of: "prod", clusters: names } });

describe("the states of an environment's shards", () => {
    let fake: FakePulumi;
    const begin = (stacks: Parameters<typeof fakePulumi>[0], states: Readonly<Record<string, readonly string[]>>) => {
        fake = fakePulumi(stacks);
        Object.entries(states).forEach(([stack, names]) => hold(stack, names));
    };
    const hold = (stack: string, names: readonly string[], modified?: string) =>
        fake.setState(stack, { resources: names.length === 0 ? [] : resourcesOf(stack, names, undefined, modified) });
    const held = (stack: string) => clustersIn(fake.stateOf(stack) as State);
    afterEach(() => fake.restore());

    it("are refused while this checkout lacks the stack file of one with clusters, with the file to get", async () => {
        begin({ prod }, { prod: [], "prod-2": ["a", "b"] });
        const error = await failure(readFleet("prod", 20));
        expect(error).to.match(/^prod: .*: the state of prod-2 has a, b\. Get Pulumi\.prod-2\.yaml from/);
        expect(error).to.match(/npm run fleet -- plan prod writes them again\./);
        expect(fake.calls().filter((call) => !/^(config|stack (ls|export))/.test(call))).to.deep.equal([]);
    });

    it("give a shard its lost stack file again by a plan, and every other command goes on with that", async () => {
        begin({ prod, "prod-1": shard("a") }, { prod: [], "prod-1": ["a"], "prod-2": ["b"] });
        const { lines } = await printed(async () => record(await readFleet("prod", 20, true)));
        expect(lines).to.deep.equal(["prod-2: b. Commit Pulumi.prod-2.yaml"]);
        const { recorded, moves } = await readFleet("prod", 20);
        expect({ recorded, moves }).to.deep.equal({ recorded: { "prod-1": ["a"], "prod-2": ["b"] }, moves: [] });
    });

    it("are not the stack of another environment with such a name, which a plan refuses too", async () => {
        begin({ prod }, { prod: ["a"], "prod-2": ["b", "x"] });
        expect(await failure(readFleet("prod", 20, true))).to.match(/the state of prod-2 has b, x\. Get Pulumi\.prod-2\.yaml/);
    });

    it("lose a cluster that leaves the settings, also in a pipeline", async () => {
        begin({ prod, "prod-1": shard("a", "b") }, { prod: [], "prod-1": ["a", "b", "gone"] });
        const fleet = await readFleet("prod", 20);
        await printed(() => Promise.resolve(recordForUp(fleet, { CI: "true" })));
        expect(fleet.assignment).to.deep.equal({ "prod-1": ["a", "b", "gone"] });
    });

    it("get a new cluster by an `up` of a person, and not of a pipeline, whose stack files are lost", async () => {
        begin({ prod, "prod-1": shard("a") }, { prod: [], "prod-1": ["a"] });
        const fleet = await readFleet("prod", 20);
        expect(() => recordForUp(fleet, { CI: "true" })).to.throw(
            "b: no shard of prod has these clusters yet. Give them one, and commit it: npm run fleet -- plan prod",
        );
        expect(readFileSync(fake.file("prod-1"), "utf8")).not.to.match(/\bb\b/);
        await printed(() => Promise.resolve(recordForUp(fleet, { CI: "" })));
        recordForUp(await readFleet("prod", 20), { CI: "true" });
        expect((await readFleet("prod", 20)).recorded).to.deep.equal({ "prod-1": ["a", "b"] });
    });

    it("are destroyed and rotated without a shard that was never brought up, which is named", async () => {
        begin({ prod, "prod-1": shard("a"), "prod-2": shard("b") }, { prod: [], "prod-1": ["a"] });
        const work = async () => existingShards("prod", settledShards(await readFleet("prod", 20)));
        const { result, lines } = await printed(work);
        expect(result).to.deep.equal(["prod-1"]);
        expect(lines).to.deep.equal(["prod-2: was never brought up, and is skipped"]);
        expect((await printed(() => stacksToRotate("prod"))).result).to.deep.equal(["prod-1"]);
        expect(await failure(existingShards("prod", ["prod-2"]))).to.match(/^no shard of prod was brought up yet\. .*fleet -- up prod$/);
    });

    it("are not those of another environment with such a name, nor of a stack without clusters", async () => {
        const states = { prod: ["a", "b"], "prod-2": ["a"], "prod-3": [], "prod-x": ["a"] };
        begin({ prod, "prod-2": { ...prod, environment: "prod-2" } }, states);
        expect((await readFleet("prod", 20)).holders).to.deep.equal({ prod: ["a", "b"], "prod-3": [] });
    });

    it("keep a cluster that is in no list any more where it is", async () => {
        begin({ prod, "prod-1": shard(), "prod-2": shard("a") }, { prod: [], "prod-1": [], "prod-2": ["a", "b"] });
        const { assignment, moves } = await readFleet("prod", 20);
        expect({ assignment, moves }).to.deep.equal({ assignment: { "prod-1": [], "prod-2": ["a", "b"] }, moves: [] });
    });

    for (const [name, states] of [
        ["in the environment's own", { prod: ["b"], "prod-1": ["a"], "prod-2": [] }],
        ["in two", { prod: [], "prod-1": ["a", "b"], "prod-2": ["b"] }],
    ] as const) {
        it(`are not destroyed or rotated with a cluster ${name}, and the error says what to run first`, async () => {
            begin({ prod, "prod-1": shard("a"), "prod-2": shard("b") }, states);
            const fleet: Fleet = await readFleet("prod", 20);
            expect(() => settledShards(fleet)).to.throw(
                /^prod: clusters must move first \(b from prod\S* to prod-2\)\. Run npm run fleet -- up prod/,
            );
        });
    }

    describe("after a move that was killed, with a cluster in both", () => {
        const move = async (source: string, target: string) => {
            begin({ prod }, {});
            hold("prod-1", ["a"], source);
            hold("prod-2", ["a"], target);
            await printed(() => makeMoves("prod", [{ from: "prod-1", to: "prod-2", clusters: ["a"] }]));
            expect([held("prod-1"), held("prod-2")]).to.deep.equal([[], ["a"]]);
            return (fake.stateOf("prod-2") as State).deployment.resources?.at(-1)?.modified;
        };
        const [early, late] = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"];

        it("keep the copy that a run has changed since, wherever that is", async () => {
            expect(await move(late, early)).to.equal(late);
            fake.restore();
            expect(await move(early, late)).to.equal(late);
        });
    });

    it("are not written if another run has changed them since they were read", async () => {
        begin({ prod }, { prod: ["a"] });
        const [state, plain] = [await readState("prod"), await readPlainState("prod")];
        hold("prod", ["a", "b"]);
        const error = await failure(writeState("prod", plain, state));
        expect(error).to.match(/^prod: another run has changed the state meanwhile, .*run this command again/);
        expect(held("prod")).to.deep.equal(["a", "b"]);
        await writeState("prod", plain, await readState("prod"));
        expect(held("prod")).to.deep.equal(["a"]);
    });

    it("are not written over an operation that began since", async () => {
        begin({ prod }, { prod: ["a"] });
        const state = await readState("prod");
        const pending = [{ type: "creating", resource: resourcesOf("prod", ["b"]).at(-1) }];
        fake.setState("prod", { ...state.deployment, pending_operations: pending });
        expect(await failure(writeState("prod", state, state))).to.match(/another run has changed the state/);
    });

    it("may differ in how their secrets are encrypted", async () => {
        begin({ prod }, { prod: ["a"] });
        const plain = await readPlainState("prod");
        const encrypted = JSON.stringify(plain.deployment).replaceAll('"plaintext"', '"ciphertext"');
        fake.setState("prod", JSON.parse(encrypted) as object);
        await writeState("prod", { version: 3, deployment: {} }, plain);
        expect(held("prod")).to.deep.equal([]);
    });

    it("go with their stack once no cluster is in them, also with what all clusters needed", async () => {
        begin({ prod }, { "prod-1": ["a"], "prod-2": [] });
        expect(await failure(removeStack("prod-1"))).to.match(/^prod-1: has got a meanwhile\. Run this again/);
        fake.setState("prod-1", { resources: resourcesOf("prod-1", []) });
        await removeStack("prod-1");
        await removeStack("prod-2");
        const changing = fake.calls().filter((call) => !call.startsWith("stack export"));
        expect(changing.map((call) => call.replace(/ --non-interactive.*/, ""))).to.deep.equal([
            "destroy --yes --skip-preview --stack prod-1",
            "stack rm --yes --preserve-config --stack prod-1",
            "stack rm --yes --preserve-config --stack prod-2",
        ]);
    });

    it("do not get what the state of another stack has", () => {
        const holders = { prod: [], "prod-1": ["a"], "prod-2": ["b"] };
        begin({ prod }, {});
        expect(() => refuseHeldTwice("prod-3", "prod", ["a", "c"], holders)).to.throw(
            /^prod-3: a is in the state of prod-1, so nothing of it is adopted .*npm run fleet -- up prod$/,
        );
        expect(() => refuseHeldTwice("prod-1", "prod", ["a", "c"], holders)).not.to.throw();
    });
});
