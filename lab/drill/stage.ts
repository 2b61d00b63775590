import { milliseconds } from "../../settings/duration";
import { agentRepositoryUrl, announcePush, changeAgentFile, readApplications } from "../argocd";
import { askApi } from "../clusters/api";
import { kubectl } from "../kubectl";
import { clusterOfUsers, fleetDomain, type MonitoringPorts, query } from "../monitoring";
import { type Look, waitFor } from "../processes";
import { argoCdSession } from "../session";
import { readInLab } from "../stacks/project";

/** Limit of every wait in the drill. */
export const limitMs = 180_000;

/** Durations in the lab's settings, in seconds. */
export interface Allowed {
    readonly interval: number;
    readonly unreachableFor: number;
    readonly automaticAfter: number;
    readonly ttl: number;
}

/** The hub's settings that decide how long a failover takes. */
export function allowed(): Allowed {
    const config = readInLab("hub") as {
        "hubspoke:alerts": { interval: string; unreachableFor: string };
        "hubspoke:traffic": { ttl: number; automatic: { after: string } };
    };
    const { "hubspoke:alerts": alerts, "hubspoke:traffic": traffic } = config;
    const seconds = (duration: string) => milliseconds(duration) / 1000;
    return {
        interval: seconds(alerts.interval),
        unreachableFor: seconds(alerts.unreachableFor),
        automaticAfter: seconds(traffic.automatic.after),
        ttl: traffic.ttl,
    };
}

/** Deletes the record of earlier moves: only one automatic move a day is allowed, and a drill may be repeated. */
export async function forgetMoves(): Promise<void> {
    await kubectl("hub", ["delete", "configmap", "failover-record", "--namespace=argocd", "--ignore-not-found"]);
}

/** The latest move in the hub's record, or undefined. It is read often, so without a separate process. */
export async function latestMove(): Promise<{ readonly state: string; readonly to: string } | undefined> {
    const { status, body } = await askApi("hub", "/api/v1/namespaces/argocd/configmaps/failover-record");
    const { data } = (status === 200 ? JSON.parse(body) : {}) as { data?: Record<string, string> };
    return (JSON.parse(data?.["moves.json"] ?? "[]") as { state: string; to: string }[])[0];
}

/** Waits until the users' name points to a cluster. */
export async function waitForUsersOn(cluster: string, ports: MonitoringPorts): Promise<void> {
    await waitFor(
        `agent.${fleetDomain()} to point to ${cluster}`,
        async () => {
            const found = await clusterOfUsers(ports);
            return found === cluster ? { done: true } : { seen: found ?? "no answer" };
        },
        { timeoutMs: limitMs, intervalMs: 100 },
    );
}

/** Waits until Prometheus has a series that the query selects. */
export async function waitForSeries(what: string, promql: string, ports: MonitoringPorts): Promise<void> {
    const look = async (): Promise<Look<true>> => {
        const found = await query(ports, promql);
        return found.length > 0 ? { done: true } : { seen: `nothing for ${promql}` };
    };
    await waitFor(what, look, { timeoutMs: limitMs, intervalMs: 200 });
}

/** Pushes a release, which staging follows, and waits until it is Synced and Healthy there. */
export async function releaseToStaging(): Promise<void> {
    const revision = await changeAgentFile("helm/values.yaml", (text) =>
        text.replace(/^( {2}tag: )"[^"]*"/m, `$1"drill-${Math.floor(Date.now() / 1000)}"`),
    );
    await announcePush(agentRepositoryUrl(), revision);
    await waitFor(
        "the release on staging",
        async (): Promise<Look<true>> => {
            const applications = await readApplications(await argoCdSession());
            const staging = applications.find(({ name }) => name === "agent-staging");
            const seen = `${staging?.sync} ${staging?.health} ${staging?.revision}`;
            return seen === `Synced Healthy ${revision.commit}` ? { done: true } : { seen };
        },
        { timeoutMs: limitMs, intervalMs: 250 },
    );
}
