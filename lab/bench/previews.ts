import { stackNames } from "../stacks/project";
import { pulumi } from "../stacks/pulumi";
import { table } from "../tables";
import { prepareEmptyProgram, previewEmptyProgram } from "./emptyProgram";
import { inTurns } from "./medians";
import { memoryOfLab } from "./memory";

const rounds = 5;

/**
 * A preview without a change of each stack, in turns with one of an empty program; and the memory of the lab's
 * processes.
 */
export async function previews(): Promise<string[]> {
    await prepareEmptyProgram();
    const empty = "empty program";
    const medians = await inTurns(rounds, {
        [empty]: previewEmptyProgram,
        ...Object.fromEntries(
            stackNames.map((stack) => [`preview of ${stack}`, () => pulumi(stack, ["preview", "--expect-no-changes"])]),
        ),
    });
    const memory = memoryOfLab();
    const total = memory.reduce((sum, { megabytes }) => sum + megabytes, 0);
    return [
        `Medians of ${rounds} rounds:`,
        table(
            ["", "seconds", "times the empty program"],
            Object.entries(medians).map(([name, value]) => [
                name,
                value.toFixed(1),
                (value / (medians[empty] ?? Number.NaN)).toFixed(2),
            ]),
        ),
        `Memory of the lab's ${memory.length} processes:`,
        table(
            ["process", "MB"],
            [...memory, { name: "all", megabytes: total }].map(({ name, megabytes }) => [name, megabytes.toFixed(0)]),
        ),
    ];
}
