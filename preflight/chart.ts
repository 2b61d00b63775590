import { readFile } from "node:fs/promises";
import * as path from "node:path";
import { parse } from "yaml";
import { chartProblem, type ChartSource } from "../settings/chart";

/** File name of an archive from `helm pull` or `helm package`. */
const archiveName = /-v?(\d+\.\d+\.\d+[^/]*)\.tgz$/;

/**
 * Refuses a chart at a path if it is older than the oldest version that this program supports. Helm reports a chart
 * that does not exist or has no readable version.
 *
 * @throws Error that names the setting, the version and the oldest supported version
 */
export async function refuseOldChart(source: ChartSource): Promise<void> {
    const version = source.path === undefined ? undefined : await chartVersion(source.path);
    const problem = version === undefined ? undefined : chartProblem(version);
    if (problem !== undefined) {
        throw new Error(`hubspoke:chart.path: ${problem}`);
    }
}

/** Version of a chart in a folder or archive; undefined if it cannot be read. */
export async function chartVersion(chart: string): Promise<string | undefined> {
    const archive = archiveName.exec(chart);
    if (archive !== null) {
        return archive[1];
    }
    const text = await readFile(path.join(chart, "Chart.yaml"), "utf8").catch(() => "{}");
    const { version } = parse(text) as { readonly version?: unknown };
    return typeof version === "string" ? version : undefined;
}
