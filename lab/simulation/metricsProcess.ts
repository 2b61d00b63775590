import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { type ClusterName, clusterNames } from "../clusters";
import { apiServer } from "../clusters/api";
import { labDir } from "../paths";
import {
    bundleScript,
    findProcess,
    keepPort,
    type Look,
    startProcess,
    stopProcess,
    waitFor,
    writeFileWhole,
} from "../processes";
import type { MetricsConfig } from "./metricsServer";

export const metricsProcess = "metrics-server";

const folder = path.join(labDir, "simulation");
const configFile = path.join(folder, "metrics-server.json");
const startLimitMs = 20_000;

/** Enough for a server with a few lists of pods. */
const memoryFlags = ["--max-old-space-size=32", "--max-semi-space-size=1"];

/** Name of the Service through which a cluster's API server calls the metrics server. */
export function metricsService(cluster: ClusterName): string {
    return `simulated-metrics-${cluster}`;
}

/**
 * Makes sure that the metrics server runs and knows all clusters, on the same port as before if that is free.
 *
 * @returns its port
 */
export async function startMetricsServer(): Promise<number> {
    const before = readConfig();
    const clusters = Object.fromEntries(clusterNames.map((name) => [metricsService(name), apiServer(name)]));
    const running = findProcess(metricsProcess) !== undefined;
    if (before && running && JSON.stringify(before.clusters) === JSON.stringify(clusters)) {
        return before.port;
    }
    await stopMetricsServer();
    const port = await keepPort(before?.port);
    writeFileWhole(configFile, JSON.stringify({ port, clusters } satisfies MetricsConfig));
    await startProcess({
        name: metricsProcess,
        command: process.execPath,
        args: [...memoryFlags, await bundle(), configFile],
        env: {},
        cwd: folder,
        ports: [port],
    });
    await waitFor("the metrics server to listen", () => lookAtPort(port), {
        timeoutMs: startLimitMs,
        intervalMs: 50,
        processes: [metricsProcess],
    });
    return port;
}

/** Stops the metrics server; the number of its port stays. */
export async function stopMetricsServer(): Promise<void> {
    await stopProcess(metricsProcess);
}

function readConfig(): MetricsConfig | undefined {
    const text = fs.existsSync(configFile) ? fs.readFileSync(configFile, "utf8") : undefined;
    return text === undefined ? undefined : (JSON.parse(text) as MetricsConfig);
}

async function bundle(): Promise<string> {
    const outfile = path.join(folder, "metrics-server.cjs");
    await bundleScript(path.join(__dirname, "metricsMain.ts"), outfile);
    return outfile;
}

function lookAtPort(port: number): Promise<Look<void>> {
    return new Promise((resolve, reject) => {
        const socket = net.connect(port, "127.0.0.1", () => {
            socket.destroy();
            resolve({ done: undefined });
        });
        socket.on("error", reject);
    });
}
