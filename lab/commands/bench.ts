import { prepareEmptyProgram, previewEmptyProgram } from "../bench/emptyProgram";
import { memoryOfLab } from "../bench/memory";
import { pulumi } from "../stacks/pulumi";
import { stackNames } from "../stacks/project";
import { table } from "../tables";

const rounds = 5;

/**
 * Measures the running lab: a preview without a change of each stack, in turns with one of an empty program, and the
 * memory of its processes. Prints medians and ratios to the empty program.
 */
export async function bench(): Promise<void> {
    await prepareEmptyProgram();
    const cases: [name: string, work: () => Promise<unknown>][] = [
        ["empty program", previewEmptyProgram],
        ...stackNames.map((stack): [string, () => Promise<unknown>] => [
            `preview of ${stack}`,
            () => pulumi(stack, ["preview", "--expect-no-changes"]),
        ]),
    ];
    const times = cases.map((): number[] => []);
    for (let round = 0; round < rounds; round++) {
        for (const [index, [, work]] of cases.entries()) {
            const begin = performance.now();
            await work();
            times[index]?.push((performance.now() - begin) / 1000);
        }
    }
    const medians = times.map(median);
    const rows = cases.map(([name], index) => {
        const value = medians[index] ?? Number.NaN;
        return [name, value.toFixed(1), (value / (medians[0] ?? Number.NaN)).toFixed(2)];
    });
    const memory = memoryOfLab();
    const total = memory.reduce((sum, { megabytes }) => sum + megabytes, 0);
    process.stdout.write(
        [
            `Medians of ${rounds} rounds:`,
            table(["", "seconds", "times the empty program"], rows),
            `Memory of the lab's ${memory.length} processes:`,
            table(
                ["process", "MB"],
                [...memory, { name: "all", megabytes: total }].map(({ name, megabytes }) => [name, megabytes.toFixed(0)]),
            ),
            "",
        ].join("\n"),
    );
}

function median(values: readonly number[]): number {
    const sorted = [...values].sort((left, right) => left - right);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
