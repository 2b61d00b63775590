import * as path from "node:path";
import type { ProcessSpec } from "../processes";
import { toolBin, toolPath } from "../tools";
import { podIdentity } from "./accounts";
import { type Component, files, machineEnvironment, type Ports } from "./components";
import { argoCdNamespace, readConfigMap, readPodSpec, readSecret } from "./hub";
import { signatureEnvironment, signingKeys } from "./signingKeys";
import { type PodSources, resolveInvocation } from "./invocation";
import { projectTokens } from "./projectedTokens";

/** Name of Redis's process, and of the Secret on the hub that holds its password. */
export const redis = "argocd-redis";

/** The hub's ConfigMaps and Secrets for pods' environments. */
export type HubSources = Omit<PodSources, "podName">;

/** Reads each ConfigMap and Secret of the hub at most once. */
export function hubSources(): HubSources {
    const once = <T>(read: (name: string) => Promise<T>) => {
        const known = new Map<string, Promise<T>>();
        return (name: string) => known.get(name) ?? known.set(name, read(name)).get(name)!;
    };
    return { namespace: argoCdNamespace, configMap: once(readConfigMap), secret: once(readSecret) };
}

/** The password that Argo CD's components on the hub have for Redis. */
export async function redisPassword(sources: HubSources): Promise<string> {
    const password = (await sources.secret(redis))?.auth;
    if (!password) {
        throw new Error(
            `the hub's namespace ${argoCdNamespace} has no Secret ${redis} with a key "auth", the password of ` +
                "Argo CD's Redis: run `pulumi up -s hub` to its end",
        );
    }
    return password;
}

/** The process of a component; undefined for an optional one that the hub does not have. */
export async function componentProcess(
    component: Component,
    sources: HubSources,
    ports: Ports,
): Promise<ProcessSpec | undefined> {
    const { name, workload = name, binary, flags, env, unset = [] } = component;
    const spec = await readPodSpec(workload);
    const containers = spec?.containers ?? [];
    const callsBinary = (words: readonly string[] = []) => words.some((word) => path.basename(word) === binary);
    const container = containers.find(({ command, args }) => callsBinary(command) || callsBinary(args));
    if (!spec || !container) {
        if (component.optional && containers.length === 0) {
            return undefined;
        }
        throw new Error(
            `the hub's namespace ${argoCdNamespace} has no workload ${workload} that runs ${binary}: ` +
                "run `pulumi up -s hub` to its end",
        );
    }
    const invocation = await resolveInvocation(container, { ...sources, podName: `${workload}-0` });
    const folders = await projectTokens(name, spec, container);
    const kept = Object.entries(invocation.env).filter(([key]) => !unset.includes(key));
    const podEnv = Object.fromEntries(kept.map(([key, value]) => [key, folders[value] ?? value]));
    const signatures = signatureEnvironment(await sources.configMap(signingKeys));
    const identity = await podIdentity(spec);
    const searchPath = [files.bin, toolBin, process.env.PATH ?? "/usr/bin:/bin"].join(path.delimiter);
    return {
        name,
        command: toolPath(binary),
        args: [...invocation.args, ...flags(ports)],
        env: { ...podEnv, ...machineEnvironment, ...identity, ...signatures, ...env, PATH: searchPath },
        cwd: files.home,
        ports: component.ports.map((port) => ports[port]),
    };
}
