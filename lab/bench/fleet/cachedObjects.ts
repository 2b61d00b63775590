import { shardPorts } from "../../argocd/components";
import { readState } from "../../argocd/state";
import { fleetServer } from "../../fleet/api";
import type { FleetCluster } from "../../fleet/names";
import { findProcess, type Look, waitFor } from "../../processes";
import { peakMegabytes, proportionalMegabytes } from "../memory";

/** One application controller, as it is now. */
export interface ShardFacts {
    /** URLs of the API servers whose objects it caches. */
    readonly servers: readonly string[];
    readonly objects: number;
    readonly megabytes: number;
    readonly peakMegabytes: number;
}

/** The controllers count their objects every 30 seconds (argo-cd, controller/metrics/clustercollector.go). */
const limits = { timeoutMs: 120_000, intervalMs: 2_000 };

/**
 * What each application controller caches, by its metric argocd_cluster_api_resource_objects, and its memory. Waits
 * until they have counted the objects of all these clusters.
 */
export async function shardFacts(shards: number, names: readonly FleetCluster[]): Promise<ShardFacts[]> {
    const servers = names.map((name) => fleetServer(name).url);
    return waitFor(
        `${shards} controllers to count the objects of ${names.length} clusters`,
        async (): Promise<Look<ShardFacts[]>> => {
            const facts = await Promise.all(shardPorts.slice(0, shards).map(factsOf));
            const counted = new Set(facts.flatMap((one) => one.servers));
            const missing = servers.filter((server) => !counted.has(server));
            return missing.length === 0 ? { done: facts } : { seen: `none of ${missing.join(", ")}` };
        },
        limits,
    );
}

async function factsOf(port: (typeof shardPorts)[number], shard: number): Promise<ShardFacts> {
    const text = await (await fetch(`http://127.0.0.1:${readState().ports[port]}/metrics`)).text();
    const series = text.matchAll(/^argocd_cluster_api_resource_objects\{server="(.*?)"\} (\S+)$/gm);
    const counts = [...series].map(([, server = "", count]) => ({ server, count: Number(count) }));
    const counted = counts.filter(({ count }) => count > 0);
    const name = `argocd-application-controller${shard === 0 ? "" : `-${shard}`}`;
    const pid = findProcess(name)?.pid ?? 0;
    return {
        servers: counted.map(({ server }) => server),
        objects: counted.reduce((sum, { count }) => sum + count, 0),
        megabytes: proportionalMegabytes(pid),
        peakMegabytes: peakMegabytes(pid),
    };
}
