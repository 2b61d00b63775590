import { existsSync, readFileSync, rmSync } from "node:fs";
import { parseStackFile, setInStackFile, stackFile, stackFileText, writeStackFile } from "../support/stackFile";
import type { Assignment } from "./assign";

const head = `# yaml-language-server: $schema=settings.schema.json
config:
  # Nothing can reach a cluster that is not named here.
  pulumi:disable-default-providers: ["kubernetes"]
`;

/**
 * Writes the clusters of each shard into its stack file; files with these clusters stay as they are.
 *
 * @param of the environment's stack
 * @returns the stacks whose files were written
 */
export function writeShards(of: string, assignment: Assignment, before: Assignment): string[] {
    const changed = Object.keys(assignment).filter((stack) => String(before[stack]) !== String(assignment[stack]));
    for (const stack of changed) {
        const file = stackFile(stack);
        const document = parseStackFile(existsSync(file) ? readFileSync(file, "utf8") : head);
        setInStackFile(document, ["config", "hubspoke:shard"], { of, clusters: assignment[stack] ?? [] });
        writeStackFile(file, stackFileText(document));
    }
    return changed;
}

/** Removes the stack file of a shard. */
export function removeShardFile(stack: string): void {
    rmSync(stackFile(stack), { force: true });
}
