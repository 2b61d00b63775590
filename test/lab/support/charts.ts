import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { run } from "../../../lab/processes/run";
import { toolPath } from "../../../lab/tools";

/** The files of a chart, by their paths in its folder. */
export type ChartFiles = Readonly<Record<string, string>>;

/** Packages a chart as `helm package` does; returns the archive in the folder. */
export async function packageChart(files: ChartFiles, folder: string): Promise<string> {
    const source = fs.mkdtempSync(path.join(os.tmpdir(), "chart-"));
    try {
        for (const [file, text] of Object.entries(files)) {
            fs.mkdirSync(path.dirname(path.join(source, file)), { recursive: true });
            fs.writeFileSync(path.join(source, file), text);
        }
        const output = await helm(["package", source, "--destination", folder]);
        return /saved it to: (.*\.tgz)/.exec(output)?.[1] ?? output;
    } finally {
        fs.rmSync(source, { recursive: true });
    }
}

/**
 * Runs the lab's Helm.
 *
 * @throws Error with Helm's output
 */
export async function helm(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { ok, output } = await run(toolPath("helm"), args, { env, timeoutMs: 60_000 });
    if (!ok) {
        throw new Error(`helm ${args.join(" ")} failed:\n${output}`);
    }
    return output;
}
