import * as path from "node:path";
import { failoverToken, monitoringPorts, type MonitoringPorts } from "../monitoring";
import { projectRoot } from "../paths";
import { startProcess, stopProcess, waitFor } from "../processes";
import { pulumiEnvironment } from "../stacks/environment";

const name = "failover-receiver";
const startLimitMs = 60_000;

/** Starts the receiver of automatic failovers, like `npm run failover:receiver`. */
export async function startReceiver(to: string): Promise<void> {
    // A receiver from an interrupted drill would move users during this one.
    await stopReceiver();
    const ports = await monitoringPorts();
    const listen = `127.0.0.1:${ports.failoverReceiver}`;
    await startProcess({
        name,
        command: process.execPath,
        args: [
            ...["--import", "tsx", path.join("scripts", "failoverReceiver", "index.ts"), "--to", to],
            ...["--listen", listen, "--resolver", dnsServer(ports)],
        ],
        cwd: projectRoot,
        env: { ...(process.env as Record<string, string>), ...pulumiEnvironment(), FAILOVER_TOKEN: failoverToken() },
        ports: [ports.failoverReceiver],
    });
    // Without the token it refuses, which shows that it listens.
    const look = async () => ({ done: await fetch(`http://${listen}/alerts`) });
    await waitFor("the receiver of failovers to listen", look, { timeoutMs: startLimitMs, processes: [name] });
}

/** Stops it. */
export async function stopReceiver(): Promise<void> {
    await stopProcess(name);
}

/** The lab's DNS server, as the scripts take it. */
export function dnsServer(ports: MonitoringPorts): string {
    return `127.0.0.1:${ports.dns}`;
}
