import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { findProcess, type Look, type ProcessSpec, startProcess, stopProcess, waitFor } from "../processes";
import { callers, type Component, controllers, repoServer, shardPorts } from "./components";
import { lookAtHttp, lookAtRedis } from "./health";
import { componentProcess, hubSources, redis, redisPassword } from "./podProcesses";
import { redisProcess } from "../redis";
import { prepareFiles, unlockCheckouts } from "./prepare";
import { removeKeyring } from "./signingKeys";
import { choosePorts, readState, rememberFingerprint } from "./state";

/** Time for a started component to become healthy, on a machine that is busy with other things. */
const startLimitMs = 90_000;
/** Time for a component that runs already to answer. */
const answerLimitMs = 10_000;

const components = [repoServer, ...controllers(shardPorts.length), ...callers];
const processNames = [redis, ...components.map((component) => component.name)];

/**
 * Runs Argo CD's real components on this machine against the hub, each with the flags and environment of its
 * own pod on the hub, as far as they hold here. A process that runs, is healthy and would be started in the same way is
 * not changed; one that would be started in another way, for example after a changed ConfigMap, is restarted.
 *
 * @param shards number of application controllers, of which each takes a part of the clusters
 */
export async function startArgoCd(report: (line: string) => void, shards = 1): Promise<void> {
    const sources = hubSources();
    const kubeconfig = await prepareFiles(report);
    const password = await redisPassword(sources);
    const ports = await choosePorts(processNames);

    const run = async (component: Component): Promise<void> => {
        const spec = await componentProcess(component, sources, ports);
        if (!spec) {
            await stopProcess(component.name);
            return;
        }
        const [port, route] = component.health;
        await ensureRunning(spec, kubeconfig, () => lookAtHttp(`http://127.0.0.1:${ports[port]}${route}`), report);
    };
    const spec = await redisProcess(redis, ports.redis, password);
    await ensureRunning(spec, "", () => lookAtRedis(ports.redis, password), report);
    await run(repoServer);
    const surplus = controllers(shardPorts.length).slice(shards);
    await Promise.all(surplus.map(({ name }) => stopProcess(name)));
    await Promise.all([...controllers(shards), ...callers].map(run));
}

/** argocd-server's address, plain HTTP on loopback, as last started; undefined when it does not run. */
export function findArgoCd(): { readonly serverUrl: string } | undefined {
    const { server } = readState().ports;
    const known = server !== undefined && findProcess("argocd-server") !== undefined;
    return known ? { serverUrl: `http://127.0.0.1:${server}` } : undefined;
}

/** Stops Argo CD's components, Redis last. */
export async function stopArgoCd(): Promise<void> {
    await Promise.all(components.map((component) => stopProcess(component.name)));
    await stopProcess(redis);
    await removeKeyring();
    unlockCheckouts();
}

async function ensureRunning(
    spec: ProcessSpec,
    kubeconfig: string,
    look: () => Promise<Look<true>>,
    report: (line: string) => void,
): Promise<void> {
    const { name } = spec;
    const fingerprint = fingerprintOf(spec, kubeconfig);
    const healthy = (timeoutMs: number) =>
        waitFor(`${name} to be healthy`, look, { timeoutMs, processes: [name] });
    const running = findProcess(name);
    if (running && readState().fingerprints[name] === fingerprint) {
        const answers = await healthy(answerLimitMs).catch(() => false);
        if (answers) {
            return;
        }
        report(`${name} runs but does not answer: restarting it`);
    } else if (running) {
        report(`${name}'s settings, addresses or program changed: restarting it`);
    }
    await stopProcess(name);
    await startProcess(spec);
    rememberFingerprint(name, fingerprint);
    await healthy(startLimitMs);
}

/**
 * A hash of the process's arguments, environment and files: it does not reveal secrets. The user's PATH is left
 * out: it differs from terminal to terminal.
 */
function fingerprintOf({ command, args, env }: ProcessSpec, kubeconfig: string): string {
    const program = fs.existsSync(command) ? fs.realpathSync(command) : command;
    const variables = Object.entries({ ...env, PATH: "" }).sort(([a], [b]) => (a < b ? -1 : 1));
    const everything = [program, args, variables, kubeconfig];
    return createHash("sha256").update(JSON.stringify(everything)).digest("hex");
}
