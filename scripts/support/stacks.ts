import type { ClusterAddress } from "../../clusters/kubeconfig";
import { findCluster } from "../../clusters/kubeconfig";
import { type HubOutputs, parseHubOutputs } from "../../components/hubOutputs";
import { chosenFor } from "../../components/applications/rooms";
import { argoCdNameOf } from "../../settings/argoCdName";
import type { EnvironmentSettings } from "../../settings/environment";
import { ask, settingsOf } from "./pulumi";

/** An environment's stack, and the facts to work on it. Contains credentials: never print it. */
export interface EnvironmentStack {
    readonly stack: string;
    readonly settings: EnvironmentSettings;
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
 * @throws Error if the stack does not exist, or is the hub's
 */
export async function environmentStack(stack: string): Promise<EnvironmentStack> {
    const settings = await settingsOf(stack);
    if (settings.role !== "environment") {
        throw new Error(`${stack} is the stack of the hub. Name the stack of an environment`);
    }
    const { argoCdNamespace: namespace, applications, domain, rollout } = await hubOutputsOf(settings);
    const hub = await findCluster("hub", settings.hub);
    return { stack, settings, hub, namespace, applications, domain, rollout };
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
