import * as fs from "node:fs";
import type { IncomingMessage } from "node:http";
import * as https from "node:https";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { askFleet, type FleetServer } from "./api";

/** The clusters whose Deployments the process plays. */
export interface DeploymentsConfig {
    readonly servers: readonly FleetServer[];
}

interface Deployment {
    readonly metadata: { readonly name: string; readonly namespace: string; readonly generation?: number };
    readonly spec: { readonly replicas?: number };
    readonly status?: { readonly observedGeneration?: number };
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
        const { object } = JSON.parse(line) as { readonly object: Deployment };
        const { generation } = object.metadata;
        if (generation !== undefined && object.status?.observedGeneration !== generation) {
            await makeAvailable(server, object);
        }
    }
}

/** Writes the status that the Deployment controller writes once all pods of a rollout are available. */
async function makeAvailable(server: FleetServer, { metadata, spec }: Deployment): Promise<void> {
    const { replicas = 1 } = spec;
    const since = new Date().toISOString().replace(/\.\d+/, "");
    const condition = (type: string, reason: string) => {
        return { type, reason, status: "True", message: "", lastTransitionTime: since, lastUpdateTime: since };
    };
    const status = {
        observedGeneration: metadata.generation,
        ...{ replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas },
        conditions: [
            condition("Available", "MinimumReplicasAvailable"),
            condition("Progressing", "NewReplicaSetAvailable"),
        ],
    };
    const path = `/apis/apps/v1/namespaces/${metadata.namespace}/deployments/${metadata.name}/status`;
    const { status: code, body } = await askFleet(server, "PATCH", path, { status });
    if (code !== 200 && code !== 404) {
        throw new Error(`the status of Deployment ${metadata.namespace}/${metadata.name} answers ${code}: ${body}`);
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
