import * as fs from "node:fs";
import { type Answer, send } from "../../clusters/https";
import { clusterFiles, type FleetCluster } from "./names";
import { readFleet } from "./record";

/** Address, authority (PEM) and administrator's token of a lean control plane. */
export interface FleetServer {
    readonly url: string;
    readonly ca: string;
    readonly token: string;
}

/** @throws Error if the cluster was never started */
export function fleetServer(cluster: FleetCluster): FleetServer {
    const found = readFleet()?.clusters[cluster];
    if (found === undefined) {
        throw new Error(`the cluster ${cluster} was never started`);
    }
    const ca = fs.readFileSync(clusterFiles(cluster).ca, "utf8");
    return { url: `https://127.0.0.1:${found.port}`, ca, token: found.token };
}

/** Sends a request to a lean control plane as its administrator; rejects without an answer in ten seconds. */
export async function askFleet(server: FleetServer, method: string, target: string, body?: unknown): Promise<Answer> {
    const { url, ca, token } = server;
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const headers = { authorization: `Bearer ${token}`, "content-type": type };
    const text = body === undefined ? undefined : JSON.stringify(body);
    return send(new URL(url + target), { method, headers, ca, agent: false }, 10_000, text);
}
