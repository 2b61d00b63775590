import * as os from "node:os";
import { type StackName, stackNames } from "../stacks/project";
import { pulumi } from "../stacks/pulumi";
import { table } from "../tables";
import { prepareEmptyProgram, previewEmptyProgram } from "./emptyProgram";
import { inTurns, median } from "./medians";
import { memoryOfLab } from "./memory";
import { processorSeconds } from "./processor";

const rounds = 5;

/**
 * Measures a preview without changes of each stack, alternating with an empty program and with all stacks together; and
 * the memory of the lab's processes.
 */
export async function previews(): Promise<string[]> {
    await prepareEmptyProgram();
    const [empty, together] = ["empty program", "all stacks together"];
    const preview = (stack: StackName) => pulumi(stack, ["preview", "--expect-no-changes"]);
    const cases: [name: string, work: () => Promise<unknown>][] = [
        [empty, previewEmptyProgram],
        ...stackNames.map((stack): [string, () => Promise<unknown>] => [`preview of ${stack}`, () => preview(stack)]),
        [together, () => Promise.all(stackNames.map(preview))],
    ];
    const used: Record<string, number[]> = {};
    const counting = cases.map(([name, work]) => [
        name,
        async () => {
            const before = processorSeconds();
            await work();
            (used[name] ??= []).push(processorSeconds() - before);
        },
    ]);
    const medians = await inTurns(rounds, Object.fromEntries(counting) as Record<string, () => Promise<void>>);
    const slowest = Math.max(...stackNames.map((stack) => medians[`preview of ${stack}`] ?? Number.NaN));
    const memory = memoryOfLab();
    const total = memory.reduce((sum, { megabytes }) => sum + megabytes, 0);
    return [
        `Medians of ${rounds} rounds:`,
        table(
            ["", "seconds", "times the empty program", "processor seconds"],
            Object.entries(medians).map(([name, value]) => [
                name,
                value.toFixed(1),
                (value / (medians[empty] ?? Number.NaN)).toFixed(2),
                median(used[name] ?? []).toFixed(1),
            ]),
        ),
        `All together take ${((medians[together] ?? Number.NaN) / slowest).toFixed(2)} times the slowest alone, on ` +
            `${os.availableParallelism()} processors.`,
        `Memory of the lab's ${memory.length} processes:`,
        table(
            ["process", "MB"],
            [...memory, { name: "all", megabytes: total }].map(({ name, megabytes }) => [name, megabytes.toFixed(0)]),
        ),
    ];
}
