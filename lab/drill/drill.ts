import { startApiServer, stopApiServer } from "../clusters";
import { dnsSyncSeconds, type MonitoringPorts, startAgent, stopAgent } from "../monitoring";
import { waitFor } from "../processes";
import { script, scriptOk } from "../stacks/scripts";
import { waitForSoak } from "../waiting";
import { type People } from "./people";
import { dnsServer } from "./receiver";
import { type Allowed, latestMove, limitMs, releaseToStaging, waitForSeries, waitForUsersOn } from "./stage";
import { type Step, Timeline } from "./timeline";

const lost = "prod";
const refuge = "dr";

export interface Stage {
    readonly ports: MonitoringPorts;
    readonly people: People;
    readonly allowed: Allowed;
    readonly tell: (line: string) => void;
}

/**
 * Simulates the loss of prod, and checks the alerts, the notified people, the move of users and the recovery. Users are
 * on prod when it begins, and when it ends.
 *
 * @returns the timeline
 * @throws Error at the first expected event that does not happen
 */
export async function drill(stage: Stage): Promise<readonly Step[]> {
    const { ports, tell } = stage;
    await waitForUsersOn(lost, ports);
    tell("users are on prod");
    await waitForSeries("both probes of prod to succeed", `count(probe_success{cluster="${lost}"} == 1) == 3`, ports);

    const begin = Date.now();
    const timeline = new Timeline(begin, tell);
    timeline.note("prod's agent and API server are killed", { at: begin });
    await Promise.all([stopAgent(lost), stopApiServer(lost)]);
    await Promise.all([
        seeTheProbes(stage, timeline),
        seeTheAlerts(stage, timeline, begin),
        seeArgoCd(stage, timeline, "== 0", "Argo CD has lost prod"),
        seeTheMove(stage, timeline).then(() => releaseMeanwhile(timeline)),
    ]);

    const restart = Date.now();
    timeline.note("prod's agent and API server are started again", { at: restart });
    await Promise.all([startAgent(lost), startApiServer(lost)]);
    await seeTheRecovery(stage, timeline, restart);
    await goBack(stage, timeline);
    return timeline.steps;
}

async function seeTheProbes({ ports, allowed: { interval } }: Stage, timeline: Timeline): Promise<void> {
    const least = { seconds: interval, from: `a probe every ${interval} s` };
    const failed = (probe: string, vantage: string) =>
        waitForSeries(
            `the ${probe} probe from ${vantage} to fail`,
            `probe_success{cluster="${lost}", probe="${probe}", vantage="${vantage}"} == 0`,
            ports,
        );
    await Promise.all([
        failed("api", "hub").then(() => timeline.note("the hub's probe of the API server fails", { least })),
        failed("agent", "outside").then(() => timeline.note("the outside probe of the agent fails", { least })),
    ]);
}

async function seeTheAlerts({ people, allowed }: Stage, timeline: Timeline, since: number): Promise<void> {
    const { interval, unreachableFor } = allowed;
    const least = {
        seconds: 2 * interval + unreachableFor,
        from: `probe and rules every ${interval} s, for ${unreachableFor} s`,
    };
    const common = { cluster: lost, environment: lost, severity: "critical" };
    const alerts = [
        { alertname: "ClusterUnreachable", ...common },
        { alertname: "AgentUnreachable", vantage: "outside", ...common },
    ];
    await Promise.all(
        alerts.map(async (labels) => {
            const { at, annotations } = await people.wait("firing", labels, { since, timeoutMs: limitMs });
            if (!annotations.runbook_url?.endsWith(`/${labels.alertname}.md`)) {
                throw new Error(`${labels.alertname} has no runbook: ${JSON.stringify(annotations)}`);
            }
            timeline.note(`people are told: ${labels.alertname} prod, critical`, { at, least });
        }),
    );
}

async function seeTheMove({ ports, allowed }: Stage, timeline: Timeline): Promise<void> {
    const { interval, automaticAfter, ttl } = allowed;
    const least = {
        seconds: 2 * interval + automaticAfter,
        from: `probe and rules every ${interval} s, automatic.after ${automaticAfter} s`,
    };
    const recorded = (state: string) =>
        waitFor(
            `the move to be ${state}`,
            async () => {
                const move = await latestMove();
                const there = move?.state === state || move?.state === "done";
                return there ? { done: true } : { seen: JSON.stringify(move ?? "no move") };
            },
            { timeoutMs: limitMs, intervalMs: 500 },
        );
    await Promise.all([
        recorded("begun").then(() => timeline.note("dr is fit; the automatic failover begins", { least })),
        waitForUsersOn(refuge, ports).then(() => {
            const published = { seconds: least.seconds + dnsSyncSeconds, from: `the same, external-dns every ${dnsSyncSeconds} s` };
            timeline.note("DNS answers dr", { least: published });
            const cached = { seconds: published.seconds + ttl, from: `the same, and a TTL of ${ttl} s` };
            timeline.note("the last resolver has forgotten prod", { at: Date.now() + ttl * 1000, least: cached });
        }),
        recorded("done").then(() => timeline.note("the hub's record says who moved users, when and why")),
    ]);
}

async function releaseMeanwhile(timeline: Timeline): Promise<void> {
    await releaseToStaging();
    timeline.note("staging has taken a release, while prod is lost");
    await waitForSoak();
    await scriptOk("promote", "--from", "staging", "--to", refuge);
    timeline.note("dr has taken the release, while prod is lost");
}

async function seeArgoCd({ ports }: Stage, timeline: Timeline, is: string, what: string): Promise<void> {
    const ofProd = `and on (server) argocd_cluster_labels{name="${lost}"}`;
    await waitForSeries(what, `(argocd_cluster_connection_status ${is}) ${ofProd}`, ports);
    timeline.note(what);
}

async function seeTheRecovery(stage: Stage, timeline: Timeline, since: number): Promise<void> {
    const { people } = stage;
    const resolved = async (alertname: string) => {
        const { at } = await people.wait("resolved", { alertname, cluster: lost }, { since, timeoutMs: limitMs });
        timeline.note(`people are told: ${alertname} prod is resolved`, { at });
    };
    await Promise.all([
        resolved("ClusterUnreachable"),
        resolved("AgentUnreachable"),
        seeArgoCd(stage, timeline, "== 1", "Argo CD is connected to prod again, by itself"),
    ]);
    await waitForUsersOn(refuge, stage.ports);
    timeline.note("users are on dr still: nothing moves back by itself");
}

async function goBack({ ports }: Stage, timeline: Timeline): Promise<void> {
    const back = ["--back", "--reason", "the drill is over", "--resolver", dnsServer(ports)];
    const { ok, output } = await script("failover", ...back);
    if (ok || !/prod runs .*, and never ran .* of dr/.test(output)) {
        throw new Error(`--back to a prod that is behind was not refused:\n${output}`);
    }
    timeline.note("--back is refused: prod has not had the release of dr");
    await scriptOk("promote", "--from", "staging", "--to", lost);
    timeline.note("prod has taken the release");
    await scriptOk("failover", ...back);
    await waitForUsersOn(lost, ports);
    timeline.note("--back: DNS answers prod");
}
