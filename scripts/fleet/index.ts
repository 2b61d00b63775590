/**
 * Runs an environment that is larger than one stack, in shards, which are a stack each:
 *
 *     npm run fleet -- plan prod          gives each cluster a shard, and records it in Pulumi.prod-1.yaml and so on,
 *                                         also where such a file is lost
 *     npm run fleet -- preview prod       previews all shards
 *     npm run fleet -- up prod            plans, moves clusters to the states of their shards, and brings up all shards
 *     npm run fleet -- rotate prod        rotates the tokens of all shards
 *     npm run fleet -- destroy prod       destroys all shards
 *     npm run fleet -- join prod          moves all clusters back into the one stack
 *
 * As many shards run at the same time as processors and memory allow. A shard that fails stops no other; run the
 * command again for what is left. The settings stay in the environment's stack file. In a pipeline (variable `CI`),
 * `up` refuses clusters that have no shard yet: what it would record is lost there.
 *
 * Exit codes: 0; 1 if a shard failed or was not started.
 */
import { InputError } from "../../settings/inputError";
import { confirmByName } from "../forget/confirm";
import { noToken, rotate } from "../rotate";
import { main, say } from "../support/main";
import { stackNames } from "../support/pulumi";
import { parallelism, thisMachine } from "../support/capacity";
import { existingShards } from "../support/existingShards";
import {
    divided,
    dropRemoved,
    type Fleet,
    readFleet,
    record,
    recordForUp,
    refuseUnplanned,
    settledShards,
} from "./environment";
import { createStack, makeMoves, movesTo, removeStack } from "./moves";
import { type FleetOptions, fleetOptions } from "./options";
import { inPool, report, type Work } from "./pool";
import { type Outcome, runStack } from "./runs";
import { removeShardFile } from "./shardFile";

/** How long after the table this process ends, though a `pulumi` still runs, in milliseconds. */
const endMs = 5_000;

/** Runs work on shards, prints the table, and returns the stacks where it succeeded. */
async function onShards(
    { assignment }: Fleet,
    stacks: readonly string[],
    parallel: number | undefined,
    work: Work,
): Promise<string[]> {
    const largest = Math.max(...stacks.map((stack) => assignment[stack]?.length ?? 0));
    const atOnce = Math.min(stacks.length, parallel ?? parallelism(thisMachine(), largest));
    say(`${stacks.length} shards, ${atOnce} at the same time`);
    const outcomes = await inPool(stacks, atOnce, work);
    say(report(outcomes, assignment));
    const done = outcomes.filter(({ result }) => result === "done").map(({ stack }) => stack);
    if (done.length < stacks.length) {
        process.exitCode = 1;
        say(`${stacks.length - done.length} of ${stacks.length} shards are not done. Correct this, and run the command again`);
    }
    if (outcomes.some(({ isRunning }) => isRunning)) {
        // Such a run would keep this process alive. At its end, the Automation API ends what it has begun.
        setTimeout(() => process.exit(), endMs).unref();
    }
    return done;
}

async function preview(fleet: Fleet, { parallel, policy }: FleetOptions): Promise<void> {
    refuseUnplanned(fleet);
    const stacks = Object.keys(fleet.assignment);
    const known = await stackNames();
    const moving = fleet.moves.flatMap(({ from, to }) => [from, to]);
    for (const { from, to, clusters } of fleet.moves) {
        say(`${to}: \`up\` first moves ${clusters.join(", ")} from the state of ${from}, which changes nothing on a cluster`);
    }
    const ready = stacks.filter((stack) => known.includes(stack) && !moving.includes(stack));
    for (const stack of stacks.filter((one) => !known.includes(one) && !moving.includes(one))) {
        say(`${stack}: the stack does not exist; \`up\` creates it with ${fleet.assignment[stack]?.join(", ")}`);
    }
    if (ready.length > 0) {
        await onShards(fleet, ready, parallel, (stack, onResource) => runStack(stack, "preview", policy, onResource));
    }
}

async function up(fleet: Fleet, { parallel, policy }: FleetOptions): Promise<void> {
    recordForUp(fleet);
    await makeMoves(fleet.of, fleet.moves);
    const stacks = Object.keys(fleet.assignment);
    for (const stack of stacks) {
        await createStack(fleet.of, stack);
    }
    const work: Work = (stack, onResource) => runStack(stack, "up", policy, onResource);
    dropRemoved(fleet, await onShards(fleet, stacks, parallel, work));
}

async function rotateAll(fleet: Fleet, { parallel }: FleetOptions): Promise<void> {
    const stacks = await existingShards(fleet.of, settledShards(fleet));
    const without: string[] = [];
    await onShards(fleet, stacks, parallel, async (stack): Promise<Outcome> => {
        const began = Date.now();
        const ended = (changes: string) => ({ stack, seconds: (Date.now() - began) / 1000, changes });
        try {
            if (await rotate(stack)) {
                return { ...ended(""), result: "done" };
            }
            without.push(stack);
            return { ...ended("no token"), result: "done" };
        } catch (error) {
            return { ...ended(""), result: "failed", error: (error as Error).message };
        }
    });
    if (without.length === stacks.length) {
        throw new InputError(noToken(fleet.of));
    }
}

async function destroy(fleet: Fleet, { parallel, yes }: FleetOptions): Promise<void> {
    const stacks = await existingShards(fleet.of, settledShards(fleet));
    if (!yes) {
        const count = stacks.flatMap((stack) => fleet.assignment[stack] ?? []).length;
        await confirmByName(`This destroys ${count} clusters' registrations. `, fleet.of);
    }
    await onShards(fleet, stacks, parallel, (stack, onResource) => runStack(stack, "destroy", false, onResource));
}

async function join(fleet: Fleet): Promise<void> {
    const { of, holders } = fleet;
    const shards = divided(fleet);
    const all = Object.values(holders).flat();
    await makeMoves(of, movesTo({ [of]: [...new Set(all)] }, holders));
    const known = await stackNames();
    for (const stack of shards) {
        if (known.includes(stack)) {
            await removeStack(stack);
        }
        removeShardFile(stack);
    }
    say(`${of}: has all clusters again. Commit the removal of the shards' stack files, and use \`pulumi preview --stack ${of}\``);
}

main(module, async (args) => {
    const options = fleetOptions(args);
    const { command, of, size } = options;
    const fleet = await readFleet(of, size, command === "plan");
    switch (command) {
        case "plan":
            record(fleet);
            say(`${of}: ${Object.keys(fleet.settings.clusters).length} clusters in ${Object.keys(fleet.assignment).length} shards`);
            return;
        case "preview":
            return preview(fleet, options);
        case "up":
            return up(fleet, options);
        case "rotate":
            return rotateAll(fleet, options);
        case "destroy":
            return destroy(fleet, options);
        case "join":
            return join(fleet);
    }
});
