import * as fs from "node:fs";
import * as path from "node:path";
import type { StackName } from "../../../lab/stacks/project";
import { type Change, readEvents } from "../../../scripts/preview/events";
import { inFolder } from "../../../scripts/support/folder";
import { pulumiWith } from "./lab";

/** What the engine does, or in a preview would do, with each resource that does not stay as it is, by its URN. */
export type Operations = Readonly<Record<string, Change["operation"]>>;

/** The operations of one run of `pulumi` on a stack. */
export async function operationsOf(stack: StackName, ...args: string[]): Promise<Operations> {
    return inFolder(async (folder) => {
        const log = path.join(folder, "events.json");
        const { ok, output } = await pulumiWith({ PULUMI_DEBUG_COMMANDS: "true" }, stack, ...args, "--event-log", log);
        if (!ok) {
            throw new Error(`pulumi ${args.join(" ")} of ${stack} failed:\n${output}`);
        }
        const { changes } = readEvents(fs.readFileSync(log, "utf8"));
        return Object.fromEntries(
            changes.filter(({ operation }) => operation !== "same").map(({ urn, operation }) => [urn, operation]),
        );
    });
}
