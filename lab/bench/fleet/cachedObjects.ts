import { shardPorts } from "../../argocd/components";
import { readState } from "../../argocd/state";
import { findProcess } from "../../processes";
import { peakMegabytes, proportionalMegabytes } from "../memory";

/** One application controller, as it is now. */
export interface ShardFacts {
    /** Clusters whose objects it caches. */
    readonly clusters: number;
    readonly objects: number;
    readonly megabytes: number;
    readonly peakMegabytes: number;
}

/** What each application controller caches, by its metric argocd_cluster_api_resource_objects, and its memory. */
export async function shardFacts(shards: number): Promise<ShardFacts[]> {
    return Promise.all(
        shardPorts.slice(0, shards).map(async (name, shard) => {
            const port = readState().ports[name];
            const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
            const series = text.matchAll(/^argocd_cluster_api_resource_objects\{.*\} (\S+)$/gm);
            const counts = [...series].map(([, count]) => Number(count));
            const process = `argocd-application-controller${shard === 0 ? "" : `-${shard}`}`;
            const pid = findProcess(process)?.pid ?? 0;
            return {
                clusters: counts.filter((count) => count > 0).length,
                objects: counts.reduce((sum, count) => sum + count, 0),
                megabytes: proportionalMegabytes(pid),
                peakMegabytes: peakMegabytes(pid),
            };
        }),
    );
}
