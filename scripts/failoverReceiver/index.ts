/**
 * Receives Alertmanager's webhook, and sends users to another cluster when the hub's probe and the outside probe of the
 * active one have failed for `traffic.automatic.after`. It works only if `traffic.automatic.enabled` is true:
 *
 *     FAILOVER_TOKEN=… npm run failover:receiver -- --to dr [--listen 127.0.0.1:9095] [--dispatch OWNER/REPOSITORY]
 *
 * Alertmanager sends the token as its bearer token to /alerts. With --dispatch, the receiver does not move users
 * itself: it starts the workflow failover.yml on GitHub with GITHUB_TOKEN. Before you enable this, read
 * docs/failover.md.
 */
import { parseArgs } from "node:util";
import { automaticRules, failover } from "../failover/failover";
import { readHub } from "../failover/clusters";
import { receiver } from "./receiver";
import { main, say } from "../support/main";

/** Shorter tokens can be guessed. */
const tokenLength = 24;

/** Limit for the name to resolve to the new cluster, in seconds. */
const seconds = 600;

async function receive(args: string[]): Promise<void> {
    const { to, listen, dispatch, stack, resolver } = options(args);
    const token = process.env.FAILOVER_TOKEN ?? "";
    if (token.length < tokenLength) {
        throw new Error(`FAILOVER_TOKEN has fewer than ${tokenLength} characters. Set it, and give it to Alertmanager`);
    }
    const { traffic } = await readHub(stack);
    if (!traffic.automatic.enabled) {
        throw new Error("hubspoke:traffic.automatic.enabled is false on the hub, so users would never move. Read docs/failover.md first");
    }
    const server = receiver({
        token,
        say,
        rules: async () => {
            const hub = await readHub(stack);
            return { active: hub.active, rules: automaticRules(hub) };
        },
        move: async (active, why) => {
            if (active === to) {
                say(`users are already on ${to}; a person must handle the failure there`);
            } else if (dispatch === undefined) {
                await failover({ stack, to, why, dryRun: false, automatic: true, resolver, seconds });
            } else {
                await askGitHub(dispatch, to, why);
            }
        },
    });
    const { hostname, port } = new URL(`http://${listen}`);
    server.listen(Number(port), hostname, () => say(`listening on http://${listen}/alerts; the target is ${to}`));
}

function options(args: string[]) {
    const { values } = parseArgs({
        args,
        options: {
            to: { type: "string" },
            listen: { type: "string", default: "127.0.0.1:9095" },
            dispatch: { type: "string" },
            stack: { type: "string", default: "hub" },
            resolver: { type: "string" },
        },
    });
    if (values.to === undefined) {
        throw new Error(
            "usage: npm run failover:receiver -- --to CLUSTER [--listen 127.0.0.1:9095] [--dispatch OWNER/REPOSITORY] " +
                "[--stack hub] [--resolver ADDRESS:PORT]",
        );
    }
    return { ...values, to: values.to };
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

main(receive);
