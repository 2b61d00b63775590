import * as fs from "node:fs";
import type { IncomingMessage } from "node:http";
import * as https from "node:https";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { askFleet, type FleetServer } from "./api";
import { availableStatus, type Deployment, type StatusPatch } from "./available";

/** The clusters whose Deployments the process plays. */
export interface DeploymentsConfig {
    readonly servers: readonly FleetServer[];
}

const target = "/apis/apps/v1/deployments?watch=true";

/** Watches the Deployments of a cluster for ever, first those that exist; a watch that ends begins again. */
async function play(server: FleetServer): Promise<never> {
    for (;;) {
        try {
            await watch(server);
        } catch (error) {
            process.stderr.write(`${server.url}: ${(error as Error).message}\n`);
        }
        await sleep(1_000);
    }
}

async function watch(server: FleetServer): Promise<void> {
    const headers = { authorization: `Bearer ${server.token}` };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
        https.get(server.url + target, { headers, ca: server.ca, agent: false }, resolve).on("error", reject);
    });
    for await (const line of createInterface({ input: response })) {
        const patch = availableStatus((JSON.parse(line) as { readonly object: Deployment }).object);
        if (patch !== undefined) {
            await write(server, patch);
        }
    }
}

/** Writes a status; a Deployment that has gone meanwhile needs none. */
async function write(server: FleetServer, { path, body }: StatusPatch): Promise<void> {
    const answer = await askFleet(server, "PATCH", path, body);
    if (answer.status !== 200 && answer.status !== 404) {
        throw new Error(`${path} answers ${answer.status}: ${answer.body}`);
    }
}

/** Entry of the process: `deploymentsMain CONFIG`. */
function main(): void {
    const [file] = process.argv.slice(2);
    if (!file) {
        throw new Error("usage: deploymentsMain CONFIG");
    }
    const { servers } = JSON.parse(fs.readFileSync(file, "utf8")) as DeploymentsConfig;
    void Promise.all(servers.map(play));
}

main();
