import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";

/** The project that `pulumi` itself would work on: PULUMI_OPTION_CWD stands for its flag --cwd. */
export function findProject(): { readonly name: string; readonly stackFile: (stack: string) => string } {
    const folder = process.env.PULUMI_OPTION_CWD ?? process.cwd();
    const { name } = parse(readFileSync(path.join(folder, "Pulumi.yaml"), "utf8")) as { name: string };
    return { name, stackFile: (stack) => path.join(folder, `Pulumi.${stack}.yaml`) };
}

/**
 * Asks Pulumi for something that may hold a secret: it is in no error and no output.
 *
 * @throws Error with what Pulumi says on its error stream
 */
export async function ask(...args: string[]): Promise<string> {
    try {
        return (await promisify(execFile)("pulumi", [...args, "--non-interactive"])).stdout.trim();
    } catch (error) {
        const { stderr = "", code } = error as { stderr?: string; code?: string | number };
        const why = code === "ENOENT" ? "there is no pulumi on PATH" : stderr.trim();
        throw new Error(`pulumi ${args.join(" ")} failed: ${why}`);
    }
}

/** Brings a stack up; what Pulumi prints is shown as it comes. */
export async function up(stack: string): Promise<boolean> {
    const args = ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", stack];
    const [code] = (await once(spawn("pulumi", args, { stdio: "inherit" }), "exit")) as [number | null];
    return code === 0;
}
