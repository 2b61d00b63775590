import { randomBytes } from "node:crypto";
import * as os from "node:os";
import { inParallel } from "../../scripts/support/inParallel";
import { writeKubeconfig } from "../clusters/kubeconfig";
import { type Report, withClusters } from "../clusters/work";
import { findProcess, isFree, type Look, type ProcessSpec, startProcess, waitFor } from "../processes";
import { askFleet, fleetServer } from "./api";
import { startDeployments } from "./deployments";
import { writeAuthority, writeControllersKubeconfig, writeKeys } from "./keys";
import { refuseTooMany } from "./memory";
import { type FleetCluster, fleetNames } from "./names";
import { apiServerProcess, apiServerSpec, controllersProcess } from "./processes";
import { controllersSpec, etcdProcess, etcdSpec } from "./processes";
import { choosePorts, type FleetRecord, readFleet, writeFleet } from "./record";

const startLimitMs = 300_000;

/**
 * Makes sure that this number of lean control planes serves, and that the lab's kubeconfig names them. As many start
 * at a time as the machine has processors. One that serves does not change; one whose process ended is started again
 * with its data.
 *
 * @throws Error if they would not fit into the machine's memory
 */
export async function startFleet(count: number, report: Report): Promise<FleetCluster[]> {
    const names = fleetNames(count);
    await withClusters("starting the lean control planes", report, async () => {
        const missing = names.filter((name) => findProcess(apiServerProcess(name)) === undefined);
        refuseTooMany(missing.length);
        const record = await prepare(names);
        await ensureRunning(etcdSpec(record.etcd));
        const started = Date.now();
        let done = 0;
        await inParallel(names, os.availableParallelism(), async (name) => {
            await startCluster(name, record);
            done++;
            if (missing.length > 0 && (done % 10 === 0 || done === count)) {
                report(`${done} of ${count} serve after ${((Date.now() - started) / 1000).toFixed(0)} s`);
            }
        });
        await startDeployments(names);
        writeKubeconfig();
    });
    return names;
}

/** Chooses ports and tokens for those that have none yet. */
async function prepare(names: readonly FleetCluster[]): Promise<FleetRecord> {
    const before = readFleet();
    const fresh = names.filter((name) => before?.clusters[name] === undefined);
    const [client = 0, peer = 0, ...ports] = await choosePorts(fresh.length + 2);
    const token = () => randomBytes(24).toString("base64url");
    const added = fresh.map((name, index) => [name, { port: ports[index]!, token: token() }]);
    const clusters = { ...before?.clusters, ...(Object.fromEntries(added) as FleetRecord["clusters"]) };
    const record = { etcd: before?.etcd ?? { client, peer }, clusters };
    writeFleet(record);
    return record;
}

async function startCluster(name: FleetCluster, { etcd, clusters }: FleetRecord): Promise<void> {
    const { port, token } = clusters[name]!;
    writeKeys(name, token);
    await ensureRunning(apiServerSpec(name, port, etcd.client));
    await wait(`the API server of ${name}`, [etcdProcess, apiServerProcess(name)], () => lookAtApiServer(name));
    writeControllersKubeconfig(name, fleetServer(name).url, token);
    await ensureRunning(controllersSpec(name));
    await wait(`the controllers of ${name}`, [controllersProcess(name)], () => lookAtControllers(name));
}

async function ensureRunning(spec: ProcessSpec): Promise<void> {
    if (findProcess(spec.name) !== undefined) {
        return;
    }
    const taken = await firstTaken(spec.ports ?? []);
    if (taken !== undefined) {
        throw new Error(`${spec.name} cannot start: another program listens on its port ${taken}. End that program`);
    }
    await startProcess(spec);
}

async function firstTaken(ports: readonly number[]): Promise<number | undefined> {
    for (const port of ports) {
        if (!(await isFree(port))) {
            return port;
        }
    }
    return undefined;
}

/** Waits for a part of a cluster; fails at once if one of the processes ends. */
async function wait(what: string, processes: readonly string[], look: () => Promise<Look<void>>): Promise<void> {
    await waitFor(what, look, { timeoutMs: startLimitMs, intervalMs: 300, processes });
}

async function lookAtApiServer(name: FleetCluster): Promise<Look<void>> {
    if (!writeAuthority(name)) {
        return { seen: "it has no certificate yet" };
    }
    const { status, body } = await askFleet(fleetServer(name), "GET", "/readyz");
    return status === 200 ? { done: undefined } : { seen: `/readyz answers ${status}: ${body.slice(-200)}` };
}

/** The controllers work once the namespace default has its ServiceAccount. */
async function lookAtControllers(name: FleetCluster): Promise<Look<void>> {
    const { status } = await askFleet(fleetServer(name), "GET", "/api/v1/namespaces/default/serviceaccounts/default");
    return status === 200 ? { done: undefined } : { seen: `the default account answers ${status}` };
}
