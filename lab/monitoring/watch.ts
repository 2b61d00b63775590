import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { findArgoCd } from "../argocd";
import { readState } from "../argocd/state";
import { lookAtHttp } from "../argocd/health";
import { findProcess, startProcess, stopProcess, waitFor, writeFileWhole } from "../processes";
import { toolPath } from "../tools";
import { alertmanagerConfiguration, prometheusConfiguration, type WatchPlan } from "./configuration";
import { writeEmitted } from "./emitted";
import { monitoringDir, type MonitoringPorts } from "./ports";

const startLimitMs = 60_000;

const processNames = ["prometheus", "alertmanager", "blackbox-hub", "blackbox-outside"] as const;

type WatchProcess = (typeof processNames)[number];

const tokenFile = path.join(monitoringDir, "failover-token");

/** The token of the receiver of automatic failovers, generated at first use. */
export function failoverToken(): string {
    if (!fs.existsSync(tokenFile)) {
        writeFileWhole(tokenFile, randomBytes(24).toString("base64url"), 0o600);
    }
    return fs.readFileSync(tokenFile, "utf8");
}

/** Starts Prometheus, Alertmanager and two blackbox_exporters on what the stacks emitted. */
export async function startWatch(ports: MonitoringPorts): Promise<void> {
    failoverToken();
    const folder = path.join(monitoringDir, "emitted");
    const interval = await writeEmitted(folder);
    const plan: WatchPlan = { ports, interval, folder, tokenFile, argoCd: argoCdMetrics() };
    const file = (name: string, content: string) => {
        const written = path.join(monitoringDir, name);
        writeFileWhole(written, content);
        return `--config.file=${written}`;
    };
    const modules = `--config.file=${path.join(folder, "blackbox.yaml")}`;
    const listen = (port: number) => `--web.listen-address=127.0.0.1:${port}`;
    const prometheus = file("prometheus.yaml", prometheusConfiguration(plan));
    const alertmanager = file("alertmanager.yaml", alertmanagerConfiguration(plan));
    await Promise.all([
        start("blackbox-hub", "blackbox_exporter", ports.blackboxHub, [modules, listen(ports.blackboxHub)]),
        start("blackbox-outside", "blackbox_exporter", ports.blackboxOutside, [modules, listen(ports.blackboxOutside)]),
        start("alertmanager", "alertmanager", ports.alertmanager, [
            ...[alertmanager, listen(ports.alertmanager), "--cluster.listen-address="],
            `--storage.path=${path.join(monitoringDir, "alertmanager")}`,
        ]),
        start("prometheus", "prometheus", ports.prometheus, [
            ...[prometheus, listen(ports.prometheus), "--storage.tsdb.retention.time=1d"],
            `--storage.tsdb.path=${path.join(monitoringDir, "prometheus")}`,
        ]),
    ]);
}

/** Stops all of it. */
export async function stopWatch(): Promise<boolean> {
    const ran = await Promise.all(processNames.map((name) => stopProcess(name)));
    return ran.includes(true);
}

/** A query's result: the labels and the value of each series. */
export async function query(
    ports: MonitoringPorts,
    promql: string,
): Promise<{ readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] }[]> {
    const url = `http://127.0.0.1:${ports.prometheus}/api/v1/query?query=${encodeURIComponent(promql)}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    const { data } = (await response.json()) as { data?: { result: Awaited<ReturnType<typeof query>> } };
    return data?.result ?? [];
}

function argoCdMetrics(): Record<string, string> {
    const { ports } = readState();
    const running = findArgoCd() === undefined ? [] : (["controller", "repoServer", "server", "applicationSet"] as const);
    return Object.fromEntries(running.map((name) => [`argocd-${name}`, `127.0.0.1:${ports[`${name}Metrics`]}`]));
}

async function start(
    name: WatchProcess,
    tool: Parameters<typeof toolPath>[0],
    port: number,
    args: readonly string[],
): Promise<void> {
    if (!findProcess(name)) {
        await startProcess({ name, command: toolPath(tool), args, env: { HOME: monitoringDir }, ports: [port] });
    }
    await waitFor(`${name} to be ready`, () => lookAtHttp(`http://127.0.0.1:${port}/-/healthy`), {
        timeoutMs: startLimitMs,
        processes: [name],
    });
}
