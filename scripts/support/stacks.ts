import type { ClusterAddress } from "../../clusters/kubeconfig";
import { findCluster } from "../../clusters/kubeconfig";
import { type HubOutputs, parseHubOutputs } from "../../components/hubOutputs";
import { chosenFor } from "../../components/applications/rooms";
import { argoCdNameOf } from "../../settings/argoCdName";
import type { EnvironmentSettings } from "../../settings/environment";
import type { HubSettings } from "../../settings/hub";
import { InputError } from "../../settings/inputError";
import { inShard } from "../../settings/shard";
import type { StackSettings } from "../../settings/stack";
import { ask, settingsAndPlaceOf, settingsOf } from "./pulumi";

/** An environment's stack, and the facts to work on it. Contains credentials: never print it. */
export interface EnvironmentStack {
    readonly stack: string;
    readonly settings: EnvironmentSettings;
    /** The shards of the environment, by their stacks; none if it is not divided. */
    readonly shards: StackSettings["shards"];
    readonly hub: ClusterAddress;
    /** Argo CD's namespace on the hub. */
    readonly namespace: string;
    /** The applications that the hub delivers. */
    readonly applications: HubOutputs["applications"];
    /** The fleet's domain. */
    readonly domain: string;
    /** The hub's requirements for environments. */
    readonly rollout: HubOutputs["rollout"];
}

/**
 * Reads an environment's stack.
 *
 * @throws InputError if the stack is the hub's; Error if it does not exist
 */
export async function environmentStack(stack: string): Promise<EnvironmentStack> {
    const { settings, shards } = await settingsAndPlaceOf(stack);
    if (settings.role !== "environment") {
        throw new InputError(`${stack} is the stack of the hub. Name the stack of an environment`);
    }
    const { argoCdNamespace: namespace, applications, domain, rollout } = await hubOutputsOf(settings);
    const hub = await findCluster("hub", settings.hub);
    return { stack, settings, shards, hub, namespace, applications, domain, rollout };
}

/**
 * The settings of a hub's stack.
 *
 * @throws InputError if the stack is an environment's
 */
export async function hubSettingsOf(stack: string): Promise<HubSettings> {
    const settings = await settingsOf(stack);
    if (settings.role !== "hub") {
        throw new InputError(`${stack} is the stack of an environment. Name the hub's stack`);
    }
    return settings;
}

/**
 * Clusters by the stacks that have them: their shards, or the environment's stack itself.
 *
 * @throws InputError if the environment has shards, and none has the cluster
 */
export function byStack(
    { stack, shards }: Pick<EnvironmentStack, "stack" | "shards">,
    clusters: readonly string[],
): (readonly [stack: string, clusters: readonly string[]])[] {
    const parts = Object.entries(shards).map(([name, shard]) => {
        return [name, clusters.filter((cluster) => shard.clusters.includes(cluster))] as const;
    });
    const lost = clusters.filter((cluster) => !parts.some(([, own]) => own.includes(cluster)));
    if (parts.length > 0 && lost.length > 0) {
        const remedy = `Correct the name, or: npm run fleet -- up ${stack}`;
        throw new InputError(`${lost.join(", ")}: in no shard of ${stack}. ${remedy}`);
    }
    return parts.length === 0 ? [[stack, clusters]] : parts.filter(([, own]) => own.length > 0);
}

/** The stack that has a cluster, and its facts: of the cluster's shard, if the environment has shards. */
export function stackWith(environment: EnvironmentStack, cluster: string): EnvironmentStack {
    const [[stack] = [environment.stack]] = byStack(environment, [cluster]);
    const shard = environment.shards[stack];
    if (shard === undefined) {
        return environment;
    }
    return { ...environment, stack, settings: inShard(environment.settings, shard) };
}

/** An Application that an environment should have, by the application and the cluster's name in Argo CD. */
export interface Expected {
    readonly application: string;
    readonly argoCdName: string;
}

/** The Applications that an environment should have, except those on clusters in quarantine. */
export function expectedApplications({ settings, applications }: EnvironmentStack): Expected[] {
    const delivered = Object.entries(settings.clusters).filter(([, { labels, quarantined }]) => {
        return labels.deploy === "true" && !quarantined;
    });
    return delivered.flatMap(([name, spoke]) => {
        const argoCdName = argoCdNameOf(name, spoke);
        const chosen = chosenFor({ applications }, settings, spoke);
        return chosen.map(({ name: application }) => ({ application, argoCdName }));
    });
}

/** The outputs of an environment's hub. */
export async function hubOutputsOf({ hub }: { readonly hub: { readonly stack?: string } }): Promise<HubOutputs> {
    const stack = hub.stack ?? "hub";
    return parseHubOutputs(stack, (await ask(stack, ["stack", "output", "--json"])) as Record<string, unknown>);
}
