import { type ClusterAddress, findCluster } from "../../clusters/kubeconfig";
import { Environment } from "../../components/environment";
import type { HubOutputs } from "../../components/hubOutputs";
import { checkEnvironment } from "../../preflight/environment";
import type { ShardPlace } from "../../preflight/shards";
import { argoCdNameOf } from "../../settings/argoCdName";
import type { EnvironmentSettings } from "../../settings/environment";
import type { HubSettings } from "../../settings/hub";
import { inFolder } from "../support/folder";
import { GitRepositories } from "../support/gitRepositories";
import { fullNameOf, settingsOf } from "../support/pulumi";
import { hubOutputsOf } from "../support/stacks";
import { nothing, recordNeeds, releasesIn, renderRelease } from "./charts";
import { examineCluster } from "./cluster";
import { registeredBy, renderDeliveries, type RenderedDelivery } from "./deliveries";
import { failures, type Finding, finding, ok } from "./finding";
import { checkHosts } from "./hosts";
import { planHub } from "./hub";
import { checkImage } from "./images";
import { broughtGroups, objectOf } from "./objects";
import { checked, type Planned, planned } from "./program";
import { dynamicNeeds } from "./rights";

/** What an environment needs to know of its hub. */
interface KnownHub {
    readonly outputs: HubOutputs;
    /** Undefined if this user cannot read the hub's stack. */
    readonly settings: HubSettings | undefined;
    /** The full name of the hub's stack. */
    readonly stack: string;
    readonly findings: readonly Finding[];
}

/**
 * Checks an environment's stack: the program's own checks, and then the rights and kinds on the hub and on each
 * cluster, the agent's chart for each cluster, and its images.
 *
 * @param stack the full name of the environment's stack
 * @param kubectl version of kubectl on this machine
 * @param place the shard that the clusters are, if it is one
 */
export async function examineEnvironment(
    settings: EnvironmentSettings,
    stack: string,
    kubectl: string | undefined,
    place: ShardPlace,
): Promise<Finding[]> {
    const hub = await knownHub(settings).catch((error: unknown) => failures(error));
    if (Array.isArray(hub)) {
        return hub;
    }
    const { outputs } = hub;
    const check = () => checkEnvironment(settings, stack, Promise.resolve(outputs), place);
    const { facts, error, warnings } = await checked(stack, check);
    const asked = Object.entries(settings.clusters).filter(([, { quarantined }]) => !quarantined);
    const addresses = await found([["hub", settings.hub], ...asked.map(([name, one]) => [`clusters.${name}`, one] as const)]);
    const servers = Object.fromEntries(
        Object.entries(settings.clusters).map(([name, { server }]) => {
            return [name, server ?? addresses.get(`clusters.${name}`)?.server ?? "https://unknown.invalid"];
        }),
    );
    const resources = await planned(stack, () => {
        new Environment(settings.environment, { settings, stack, hub: outputs, servers, ...facts });
    });
    const releases = releasesIn(resources);
    const charts = await Promise.all(
        releases.map(async (release) => ({ cluster: release.cluster, ...(await renderRelease(release)) })),
    );
    const applications = await deliveredBy(settings, hub, resources);
    const deliveredTo = (cluster: string) => applications.filter((one) => `clusters.${one.cluster}` === cluster);
    const clusters = await Promise.all(
        [...addresses].map(([cluster, address]) =>
            examineCluster(address, {
                ...partOn(cluster, resources),
                objects: [
                    ...resources.filter((one) => one.cluster === cluster).flatMap((one) => objectOf(one) ?? []),
                    ...charts.filter((one) => one.cluster === cluster).flatMap(({ objects }) => objects),
                ],
                delivered: deliveredTo(cluster).flatMap((one) => one.objects),
                needs: [
                    ...releases.filter((one) => one.cluster === cluster).flatMap(recordNeeds),
                    ...dynamicNeeds(resources, outputs.argoCdNamespace)
                        .filter((one) => one.cluster === cluster)
                        .map(({ need }) => need),
                ],
                kubectl,
            }),
        ),
    );
    const images = [...new Set([...applications, ...charts].flatMap((one) => one.images))];
    return [
        ...hub.findings,
        ...(facts === undefined ? failures(error) : [ok("the program's own checks of the hub and the clusters")]),
        ...warnings.map((warning) => finding("warn", warning)),
        ...[...new Set(charts.flatMap(({ findings }) => findings))],
        ...clusters.flat(),
        ...(await checkHosts(hostsOf(settings, addresses))),
        ...applications.flatMap(({ findings }) => findings),
        ...(await Promise.all(images.map(checkImage))),
    ];
}

function partOn(cluster: string, resources: readonly Planned[]) {
    const file = cluster === "hub" ? "docs/rbac/hub.yaml" : "docs/rbac/spoke.yaml";
    return {
        brought: broughtGroups(resources.filter((one) => one.cluster === cluster)),
        remedy: `Give it the rights in ${file} (docs/security.md)`,
        needsNode: cluster !== "hub",
    };
}

/** The hub's outputs; those that it will have, if it is not deployed yet. */
async function knownHub(settings: EnvironmentSettings): Promise<KnownHub> {
    const given = settings.hub.stack ?? "hub";
    const read = await settingsOf(given).catch(() => undefined);
    const hub = read?.role === "hub" ? read : undefined;
    const stack = await fullNameOf(given).catch(() => given);
    try {
        return { outputs: await hubOutputsOf(settings), settings: hub, stack, findings: [] };
    } catch (error) {
        if (hub === undefined) {
            throw error;
        }
        const { outputs } = await planHub(hub, stack);
        const text = `the hub's stack ${given} is not deployed; this was checked with its stack file. Deploy it first`;
        return { outputs, settings: hub, stack, findings: [finding("warn", text)] };
    }
}

/** The clusters whose contexts exist; the program's own checks say it of the others. */
async function found(
    wanted: readonly (readonly [setting: string, access: Parameters<typeof findCluster>[1]])[],
): Promise<Map<string, ClusterAddress>> {
    const all = await Promise.all(
        wanted.map(async ([setting, access]) => {
            const address = await findCluster(setting, access).catch(() => undefined);
            return address === undefined ? [] : [[setting, address] as const];
        }),
    );
    return new Map(all.flat());
}

function hostsOf({ clusters }: EnvironmentSettings, addresses: ReadonlyMap<string, ClusterAddress>) {
    const own = [...addresses].filter(([, { proxy }]) => proxy === undefined);
    const given = Object.entries(clusters).filter(([, { hubOnly, quarantined, proxyUrl }]) => {
        return !hubOnly && !quarantined && proxyUrl === undefined;
    });
    return [
        ...own.map(([setting, { server }]) => ({ what: `the API server of ${setting}`, url: server })),
        ...given.map(([name, { server = "" }]) => ({ what: `the server of clusters.${name} for Argo CD`, url: server })),
    ];
}

/** What each cluster would get. */
async function deliveredBy(
    settings: EnvironmentSettings,
    { settings: hub, stack }: KnownHub,
    resources: readonly Planned[],
): Promise<RenderedDelivery[]> {
    if (hub === undefined) {
        const text = "the applications' charts and images: the hub's stack cannot be read here. Give this user its key";
        return [{ ...nothing, cluster: "", findings: [finding("unknown", text)] }];
    }
    const names = Object.entries(settings.clusters).map(([name, own]) => [name, argoCdNameOf(name, own)]);
    const clusters = registeredBy(resources, Object.fromEntries(names) as Record<string, string>);
    const { resources: onHub } = await planHub(hub, stack);
    return inFolder((scratch) => renderDeliveries(clusters, onHub, new GitRepositories(hub, scratch)));
}
