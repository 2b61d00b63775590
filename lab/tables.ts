import Table from "cli-table3";
import type { ApplicationRow, ClusterRow } from "./argocd";

/** A table without colours where the output is no terminal. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
    const style = process.stdout.isTTY ? { head: ["cyan"] } : { head: [], border: [] };
    const result = new Table({ head: [...head], style });
    result.push(...rows.map((row) => [...row]));
    return result.toString();
}

/** The clusters that Argo CD knows. */
export function clusterTable(rows: readonly ClusterRow[]): string {
    return table(
        ["cluster", "server", "environment", "labels", "connection", "version"],
        rows.map(({ name, server, environment, labels, connection, version }) => [
            name,
            server,
            environment,
            Object.entries(labels)
                .filter(([key]) => key !== "environment" && !key.includes("/"))
                .map(([key, value]) => `${key}=${value}`)
                .join("\n"),
            connection,
            version,
        ]),
    );
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
