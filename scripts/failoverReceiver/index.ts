/**
 * Receives Alertmanager's webhook, for one task or both:
 *
 *     FAILOVER_TOKEN=… npm run failover:receiver -- --to dr [--dispatch OWNER/REPOSITORY]
 *     FAILOVER_TOKEN=… npm run failover:receiver -- --skip-reconcile-after 10m
 *
 * With --to, it sends users to that cluster when the hub's probe and the outside probe of the active one have failed
 * for `traffic.automatic.after`. This works only if `traffic.automatic.enabled` is true. With --dispatch, the receiver
 * does not move users itself: it starts the workflow failover.yml on GitHub with GITHUB_TOKEN. With
 * --skip-reconcile-after, Argo CD leaves a cluster alone whose API server has not answered for that time, until it
 * answers. Alertmanager sends the token as its bearer token to /alerts. Before you enable this, read docs/failover.md.
 */
import { parseArgs } from "node:util";
import { waitUntilDue } from "../failover/ahead";
import { automaticRules, failover } from "../failover/failover";
import { readHub } from "../failover/clusters";
import { findCluster } from "../../clusters/kubeconfig";
import { milliseconds } from "../../settings/duration";
import { main, say } from "../support/main";
import { settingsOf } from "../support/pulumi";
import { hubOutputsOf } from "../support/stacks";
import { skipping } from "./argoCd";
import { Mover } from "./mover";
import { receiver } from "./receiver";
import { Skipper } from "./skipper";

/** Shorter tokens can be guessed. */
const tokenLength = 24;

/** Limit for the name to resolve to the new cluster, in seconds. */
const seconds = 600;

type Options = ReturnType<typeof options>;

async function receive(args: string[]): Promise<void> {
    const given = options(args);
    const token = process.env.FAILOVER_TOKEN ?? "";
    if (token.length < tokenLength) {
        throw new Error(`FAILOVER_TOKEN has fewer than ${tokenLength} characters. Set it, and give it to Alertmanager`);
    }
    const tasks = [
        ...(given.to === undefined ? [] : [await mover(given, given.to)]),
        ...(given.skipAfterMs === undefined ? [] : [await skipper(given, given.skipAfterMs)]),
    ];
    const server = receiver({ token, say, take: (alerts) => tasks.forEach((task) => void task.take(alerts)) });
    const { hostname, port } = new URL(`http://${given.listen}`);
    const purpose = given.to === undefined ? "users do not move" : `the target is ${given.to}`;
    server.listen(Number(port), hostname, () => say(`listening on http://${given.listen}/alerts; ${purpose}`));
}

async function mover({ stack, dispatch, resolver }: Options, to: string): Promise<Mover> {
    const { traffic } = await readHub(stack);
    if (!traffic.automatic.enabled) {
        throw new Error("hubspoke:traffic.automatic.enabled is false on the hub, so users would never move. Read docs/failover.md first");
    }
    return new Mover({
        say,
        rules: async () => {
            const hub = await readHub(stack);
            return { active: hub.active, rules: automaticRules(hub) };
        },
        move: async (active, why, due) => {
            if (active === to) {
                say(`users are already on ${to}; a person must handle the failure there`);
            } else if (dispatch === undefined) {
                await failover({ stack, to, why, dryRun: false, automatic: true, due, resolver, seconds });
            } else {
                await waitUntilDue(due);
                await askGitHub(dispatch, to, why);
            }
        },
    });
}

async function skipper({ stack }: Options, afterMs: number): Promise<Skipper> {
    const settings = await settingsOf(stack);
    if (settings.role !== "hub") {
        throw new Error(`${stack} is the stack of an environment. Name the hub's by --stack`);
    }
    const [hub, outputs] = await Promise.all([findCluster("cluster", settings.cluster), hubOutputsOf({ hub: { stack } })]);
    const task = new Skipper({ afterMs, say, ...skipping(hub, outputs.argoCdVersion) });
    void task.look();
    return task;
}

function options(args: string[]) {
    const { values } = parseArgs({
        args,
        options: {
            to: { type: "string" },
            "skip-reconcile-after": { type: "string" },
            listen: { type: "string", default: "127.0.0.1:9095" },
            dispatch: { type: "string" },
            stack: { type: "string", default: "hub" },
            resolver: { type: "string" },
        },
    });
    const after = values["skip-reconcile-after"];
    const skipAfterMs = after === undefined ? undefined : milliseconds(after);
    if ((values.to === undefined && after === undefined) || skipAfterMs === 0) {
        throw new Error(
            "usage: npm run failover:receiver -- [--to CLUSTER] [--skip-reconcile-after 10m] [--listen 127.0.0.1:9095] " +
                "[--dispatch OWNER/REPOSITORY] [--stack hub] [--resolver ADDRESS:PORT], with one of the first two or both",
        );
    }
    return { ...values, skipAfterMs };
}

/** Starts the workflow on GitHub (docs.github.com, "Create a repository dispatch event"). */
async function askGitHub(repository: string, to: string, reason: string): Promise<void> {
    const response = await fetch(`https://api.github.com/repos/${repository}/dispatches`, {
        method: "POST",
        headers: {
            accept: "application/vnd.github+json",
            authorization: `Bearer ${process.env.GITHUB_TOKEN ?? ""}`,
        },
        body: JSON.stringify({ event_type: "failover", client_payload: { to, reason } }),
        signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) {
        throw new Error(`GitHub answers ${response.status} to the request for the failover workflow. Check GITHUB_TOKEN`);
    }
    say(`GitHub runs the workflow failover.yml of ${repository}`);
}

main(module, receive);
