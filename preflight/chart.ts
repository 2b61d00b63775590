import { readFile } from "node:fs/promises";
import * as path from "node:path";
import { parse } from "yaml";
import { chartProblem, type ChartSource } from "../settings/chart";

/** An archive as `helm pull` and `helm package` name it. */
const archiveName = /-v?(\d+\.\d+\.\d+[^/]*)\.tgz$/;

/**
 * Refuses a chart at a path that is older than this program knows. One that is not there, or whose version cannot be
 * read, is Helm's to judge.
 *
 * @throws Error that names the setting, the version and the oldest one
 */
export async function refuseOldChart(source: ChartSource): Promise<void> {
    const version = source.path === undefined ? undefined : await versionAt(source.path);
    const problem = version === undefined ? undefined : chartProblem(version);
    if (problem !== undefined) {
        throw new Error(`hubspoke:chart.path: ${problem}`);
    }
}

async function versionAt(chart: string): Promise<string | undefined> {
    const archive = archiveName.exec(chart);
    if (archive !== null) {
        return archive[1];
    }
    const text = await readFile(path.join(chart, "Chart.yaml"), "utf8").catch(() => "{}");
    const { version } = parse(text) as { readonly version?: unknown };
    return typeof version === "string" ? version : undefined;
}
