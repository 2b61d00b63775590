import { agentRepository, startArgoCd } from "../../argocd";
import { shardPorts } from "../../argocd/components";
import type { FleetCluster } from "../../fleet/names";
import { fleetApplications } from "../../fleet/stacks";
import { findProcess, stopProcess } from "../../processes";
import { table } from "../../tables";
import { release } from "../delivery/releases";
import { type ShardFacts, shardFacts } from "./cachedObjects";
import { empty, fill } from "./filler";

/** Objects beside the agent's that each cluster has for Argo CD to cache. */
const fillings = [0, 100, 500];

const valuesFile = "helm/values-fleet.yaml";
const quiet = () => undefined;

/**
 * Argo CD's controllers with the whole fleet, one to three shards as real processes: cached objects and memory of each,
 * the time of a release to all, and the same right after a restart, when every cluster is read again.
 */
export async function controllersOfFleet(names: readonly FleetCluster[]): Promise<string[]> {
    const rows: string[][] = [];
    const applications = fleetApplications(names);
    const releaseToAll = () => release(agentRepository, applications, true, valuesFile);
    try {
        for (const [index, filling] of fillings.entries()) {
            await fill(names, fillings[index - 1] ?? 0, filling);
            for (const shards of [1, 2, shardPorts.length]) {
                await restartControllers(shards);
                const cold = await releaseToAll();
                const warm = await releaseToAll();
                const facts = await shardFacts(shards, names);
                const each = (of: (one: ShardFacts) => number) => facts.map((one) => of(one).toFixed(0)).join(", ");
                rows.push([
                    ...[String(names.length), String(applications.length), String(shards)],
                    ...[each(({ servers }) => servers.length), each(({ objects }) => objects)],
                    ...[each(({ megabytes }) => megabytes), each((one) => one.peakMegabytes)],
                    ...[warm.toFixed(1), cold.toFixed(1)],
                ]);
                process.stderr.write(`${rows.at(-1)?.join(" | ")}\n`);
            }
        }
    } finally {
        await empty(names);
        await startArgoCd(quiet);
    }
    return [
        "Application controllers with the fleet; columns with several numbers have one for each shard:",
        table(
            [
                ...["clusters", "Applications", "shards", "clusters cached", "cached objects", "MB", "peak MB"],
                ...["release, s", "after a restart, s"],
            ],
            rows,
        ),
    ];
}

/** Starts all controllers anew, so that none has cached anything. */
async function restartControllers(shards: number): Promise<void> {
    const name = "argocd-application-controller";
    for (const process of [name, `${name}-1`, `${name}-2`].filter((each) => findProcess(each) !== undefined)) {
        await stopProcess(process);
    }
    await startArgoCd(quiet, shards);
}
