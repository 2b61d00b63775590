import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { run } from "../../../lab/processes/run";
import { toolPath } from "../../../lab/tools";

/** A repository of Helm charts on loopback, as long as a test needs one. */
export interface ChartRepository {
    readonly url: string;
    close(): Promise<void>;
}

/** What sets one version of a chart apart from the chart that all are made from. */
export interface ChartVersion {
    readonly version: string;
    /** Changes the copy of the chart's folder. */
    readonly change: (folder: string) => void;
}

/** Serves a chart in several versions, each packaged by Helm. */
export async function openChartRepository(
    chart: string,
    versions: readonly ChartVersion[],
): Promise<ChartRepository> {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), "chart-repository-"));
    for (const { version, change } of versions) {
        const copy = path.join(root, version, "argo-cd");
        fs.cpSync(chart, copy, { recursive: true });
        change(copy);
        await helm("package", copy, "--version", version, "--destination", root);
    }
    await helm("repo", "index", root);
    const server = http.createServer((request, response) => {
        const file = path.join(root, path.basename(request.url ?? ""));
        const found = fs.existsSync(file) && fs.statSync(file).isFile();
        response.writeHead(found ? 200 : 404).end(found ? fs.readFileSync(file) : "");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: async () => {
            await new Promise((resolve) => server.close(resolve));
            fs.rmSync(root, { recursive: true });
        },
    };
}

async function helm(...args: string[]): Promise<void> {
    const { ok, output } = await run(toolPath("helm"), args, { timeoutMs: 60_000 });
    if (!ok) {
        throw new Error(`helm ${args.join(" ")} failed:\n${output}`);
    }
}
