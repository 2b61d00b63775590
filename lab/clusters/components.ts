import * as fs from "node:fs";
import * as path from "node:path";
import { adoptProcess, findProcess, logTail, processFacts, stopProcess } from "../processes";
import { clusterDir, type ClusterName, type Component, components } from "./names";
import { type ClusterRecord, readCluster } from "./record";

/** Name of a component's recorded process. */
function componentProcess(cluster: ClusterName, component: Component): string {
    return `${cluster}-${component}`;
}

/** Log file of a component. */
function componentLog(cluster: ClusterName, component: Component): string {
    return path.join(clusterDir(cluster), "logs", `${component}.log`);
}

/**
 * Makes the lab's records of a cluster's processes agree with kwokctl's files of their ids, and
 * returns the components that do not run. kwokctl trusts a bare id, which by now may be another
 * process's: kwokctl would treat that process as the component, or kill it. So an id is recorded only if the
 * process's command line names this cluster's folder, and kwokctl's file is removed otherwise.
 */
export function reconcileComponents(cluster: ClusterName): Component[] {
    return components.filter((component) => {
        const file = pidFile(cluster, component);
        const pid = readPid(file);
        const known = findProcess(componentProcess(cluster, component));
        if (known && (pid === undefined || pid === known.pid)) {
            return false;
        }
        const adopted = pid === undefined ? undefined : adopt(cluster, component, pid);
        if (!adopted) {
            fs.rmSync(file, { force: true });
        }
        return !adopted;
    });
}

/** The components of a cluster that do not run, by kwokctl's files and the records; changes nothing. */
function stoppedComponents(cluster: ClusterName): Component[] {
    return components.filter((component) => {
        const pid = readPid(pidFile(cluster, component));
        const ours = pid !== undefined && processFacts(pid)?.command.includes(mark(cluster, component));
        return !ours && !findProcess(componentProcess(cluster, component));
    });
}

/**
 * The components that ended while kwokctl still works on the cluster: none before it has noted all
 * ids, because only then it has started all of them.
 */
export function endedComponents(cluster: ClusterName): Component[] {
    const allNoted = components.every((component) => readPid(pidFile(cluster, component)) !== undefined);
    return allNoted ? stoppedComponents(cluster) : [];
}

/** Stops the named components of a cluster, by their recorded ids, and updates kwokctl's files. */
export async function stopComponents(
    cluster: ClusterName,
    names: readonly Component[],
    graceMs: number,
): Promise<void> {
    reconcileComponents(cluster);
    await Promise.all(
        names.map(async (component) => {
            await stopProcess(componentProcess(cluster, component), { graceMs });
            fs.rmSync(pidFile(cluster, component), { force: true });
        }),
    );
}

/** The last lines of the logs of components that do not run, for an error message. */
export function tailsOf(cluster: ClusterName, names: readonly Component[]): string {
    return names.map((name) => `${name} of ${cluster}:\n${logTail(componentLog(cluster, name), 5)}`).join("\n");
}

function adopt(cluster: ClusterName, component: Component, pid: number) {
    return adoptProcess({
        name: componentProcess(cluster, component),
        pid,
        mark: mark(cluster, component),
        ports: portsOf(component, readCluster(cluster)),
        log: componentLog(cluster, component),
    });
}

/** Text that only this component of this cluster has in its command line: the path of its binary. */
function mark(cluster: ClusterName, component: Component): string {
    return path.join(clusterDir(cluster), "bin", component);
}

function portsOf(component: Component, record: ClusterRecord | undefined): number[] {
    if (!record) {
        return [];
    }
    const { ports } = record;
    switch (component) {
        case "etcd":
            return [ports.etcdPort, ports.etcdPeerPort];
        case "kube-apiserver":
            return [ports.kubeApiserverPort];
        case "kube-controller-manager":
            return [ports.kubeControllerManagerPort];
        case "kube-scheduler":
            return [ports.kubeSchedulerPort];
        case "kwok-controller":
            return [ports.kwokControllerPort];
    }
}

function pidFile(cluster: ClusterName, component: Component): string {
    return path.join(clusterDir(cluster), "pids", `${component}.pid`);
}

function readPid(file: string): number | undefined {
    try {
        const pid = Number(fs.readFileSync(file, "utf8").trim());
        return Number.isInteger(pid) && pid > 1 ? pid : undefined;
    } catch {
        return undefined;
    }
}
