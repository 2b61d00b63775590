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
import { waitUntilDue } from "../failover/ahead";
import { automaticRules, failover } from "../failover/failover";
import { readHub } from "../failover/clusters";
import { findCluster } from "../../clusters/kubeconfig";
import { main, say } from "../support/main";
import { settingsOf } from "../support/pulumi";
import { hubOutputsOf } from "../support/stacks";
import { skipping } from "./argoCd";
import { Mover } from "./mover";
import { receiverOptions } from "./options";
import { receiver } from "./receiver";
import { Skipper } from "./skipper";
import { requireTarget } from "./target";
import { FailoverWorkflow } from "./workflow";

/** Shorter tokens can be guessed. */
const tokenLength = 24;

/** Limit for the name to resolve to the new cluster, in seconds. */
const seconds = 600;

type Options = ReturnType<typeof receiverOptions>;

async function receive(args: string[]): Promise<void> {
    const given = receiverOptions(args);
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
    await requireTarget(stack, to);
    const workflow = dispatch === undefined ? undefined : workflowOf(dispatch);
    await workflow?.check();
    return new Mover({
        say,
        rules: async () => {
            const hub = await readHub(stack);
            return { active: hub.active, rules: automaticRules(hub) };
        },
        move: async (active, why, due) => {
            if (active === to) {
                say(`users are already on ${to}; a person must handle the failure there`);
            } else if (workflow === undefined) {
                await failover({ stack, to, why, dryRun: false, automatic: true, due, resolver, seconds });
            } else {
                await waitUntilDue(due);
                await workflow.start(to, why, due.at);
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
    task.look();
    return task;
}

function workflowOf(repository: string): FailoverWorkflow {
    return new FailoverWorkflow({ api: "https://api.github.com", repository, token: process.env.GITHUB_TOKEN ?? "", say });
}

main(module, receive);
