import Table from "cli-table3";
import type { ApplicationRow, ClusterRow } from "./argocd";

/** A table, without colours if the output is not a terminal. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
    const style = process.stdout.isTTY ? { head: ["cyan"] } : { head: [], border: [] };
    const result = new Table({ head: [...head], style });
    result.push(...rows.map((row) => [...row]));
    return result.toString();
}

/** The clusters that Argo CD knows. */
export function clusterTable(rows: readonly ClusterRow[]): string {
    return table(
        ["cluster", "server", "environment", "labels", "connection", "version", "credential's age"],
        rows.map(({ name, server, environment, labels, connection, version, credentialSince }) => [
            name,
            server,
            environment,
            Object.entries(labels)
                .filter(([key]) => key !== "environment" && !key.includes("/"))
                .map(([key, value]) => `${key}=${value}`)
                .join("\n"),
            connection,
            version,
            credentialSince === undefined ? "" : age(Date.now() - credentialSince.getTime()),
        ]),
    );
}

/** A time span in its largest unit. */
function age(milliseconds: number): string {
    const minutes = Math.floor(milliseconds / 60_000);
    const units: [unit: string, minutes: number][] = [["d", 24 * 60], ["h", 60], ["min", 1]];
    const [unit, size] = units.find(([, long]) => minutes >= long) ?? ["min", 1];
    return `${Math.floor(minutes / size)} ${unit}`;
}

/** The Applications, with the commit shortened as Git shows it. */
export function applicationTable(rows: readonly ApplicationRow[]): string {
    return table(
        ["application", "cluster", "sync", "health", "revision", "replicas"],
        rows.map(({ name, cluster, sync, health, revision, replicas }) => [
            name,
            cluster,
            sync,
            health,
            revision.slice(0, 7),
            replicas === undefined ? "?" : `${replicas.ready}/${replicas.wanted}`,
        ]),
    );
}

/** How long each phase took, in seconds. */
export function phaseTable(phases: readonly { readonly name: string; readonly seconds: number }[]): string {
    const total = phases.reduce((sum, { seconds }) => sum + seconds, 0);
    return table(
        ["phase", "seconds"],
        [...phases, { name: "all", seconds: total }].map(({ name, seconds }) => [name, seconds.toFixed(1)]),
    );
}
