import type { FleetCluster } from "../../fleet/names";
import { previewFleet, registerFleet, unregisterFleet } from "../../fleet/stacks";
import { table } from "../../tables";
import { measured, type Usage } from "../usage";
import { addClusters, removeAdded } from "./clusterAdd";

/** Numbers of clusters to measure, as far as the lab has them. */
const sizes = [1, 3, 10, 20, 100];

/** From here on, the cost of one more cluster is measured. */
const slopeFrom = 10;

const quiet = () => undefined;

/**
 * The program beside `argocd cluster add`, on the same clusters: `up` of new ones, a preview without a change, and
 * destroy. No application is delivered to them meanwhile.
 */
export async function registration(names: readonly FleetCluster[]): Promise<string[]> {
    const rows: string[][] = [];
    const usages: Record<string, Map<number, Usage>> = {};
    const row = (clusters: number, what: string, usage: Usage, times = "") => {
        const { seconds, processor, megabytes, load } = usage;
        (usages[what] ??= new Map()).set(clusters, usage);
        rows.push([
            ...[String(clusters), what, seconds.toFixed(1), processor.toFixed(1), (processor / clusters).toFixed(2)],
            ...[megabytes.toFixed(0), times, load.toFixed(0)],
        ]);
        process.stderr.write(`${rows.at(-1)?.join(" | ")}\n`);
    };
    await unregisterFleet(quiet);
    for (const size of new Set(sizes.map((wanted) => Math.min(wanted, names.length)))) {
        const some = names.slice(0, size);
        const up = await measured(() => registerFleet(some, quiet, { deploy: "false" }));
        const preview = await measured(previewFleet);
        const destroy = await measured(() => unregisterFleet(quiet));
        const added = await measured(() => addClusters(some));
        await removeAdded(some);
        row(size, "argocd cluster add, for each", added);
        row(size, "up of new clusters", up, (up.seconds / added.seconds).toFixed(2));
        row(size, "preview, no change", preview);
        row(size, "destroy", destroy);
    }
    return [
        "Registration of clusters that are new:",
        table(
            ["clusters", "what", "s", "processor s", "of a cluster", "MB", "times cluster add", "load"],
            rows,
        ),
        ...slopes(usages),
    ];
}

/** What one more cluster costs, from {@link slopeFrom} to the most that were measured. */
function slopes(usages: Readonly<Record<string, ReadonlyMap<number, Usage>>>): string[] {
    return Object.entries(usages).flatMap(([what, bySize]) => {
        const most = Math.max(...bySize.keys());
        const [few, many] = [bySize.get(slopeFrom), bySize.get(most)];
        if (few === undefined || many === undefined || most === slopeFrom) {
            return [];
        }
        const each = (of: (usage: Usage) => number) => ((of(many) - of(few)) / (most - slopeFrom)).toFixed(2);
        return [
            `One more cluster, from ${slopeFrom} to ${most}: ${what}: ${each(({ seconds }) => seconds)} s, ` +
                `${each(({ processor }) => processor)} s of processor time, ${each(({ megabytes }) => megabytes)} MB.`,
        ];
    });
}
