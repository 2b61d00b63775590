import * as pulumi from "@pulumi/pulumi";
import type { HubOutputs } from "../components/hubOutputs";
import type { AdoptedNamespaces, Adoptions, KeptAnnotations } from "../components/account/adoption";
import { besideRooms } from "../components/account/rules";
import { limitsOf } from "../settings/delivery";
import type { EnvironmentSettings } from "../settings/environment";
import { allApplications, deliveredTo } from "../clusters/applications";
import { annotationsToKeep, findAdoptions } from "./adoption";
import { type ClusterAddress, findCluster } from "../clusters/kubeconfig";
import { allOf } from "./problems";
import { promotionsThatMoved, readPromotions } from "../clusters/promotions";
import { type Registration, registrations, sameServer } from "../clusters/registrations";
import { asSeenFrom, refuseStatesOfOthers, type ShardPlace } from "./shards";
import { contradictedGenerations, contradictedPins, refuseContradictions } from "./recorded";
import { refuseSecondRegistration, refuseSharedServer } from "./registrations";
import { get } from "../clusters/request";
import { checkConnection, refuseUnusableServer } from "./connection";
import { credentialKinds } from "./credentialKinds";
import { checkFederation } from "./federation";
import { refuseUnfitSyncAccounts } from "./impersonation";
import { hubTokens } from "./hubTokens";
import { missingIdentities } from "./identity";
import { refuseUnfitRooms } from "./rooms";
import { agentKey } from "../settings/agentKey";
import { hasRoomFor } from "../components/applications/clusterFacts";
import { chosenFor } from "../components/applications/rooms";
import { findNamespace, refuseMissingNamespaces, refuseTakenAccount } from "./namespaces";
import { once } from "./once";
import { leftAloneWithoutSetting, quarantinedServers, refuseUnkeptQuarantine } from "./quarantine";
import { refuseProtectedRemovals, refuseVanished } from "./removals";
import { refuseUnfitForRollout } from "./rollout";
import { namedUnreachable, refuseUnknownServers, unreachableServers } from "./unreachable";
import { clusterUid, refuseOtherClusters, servedConfirmations, uidsOf, warnOfUnknown } from "./sameCluster";

/** The results of the checks of an environment. */
export interface EnvironmentFacts {
    /** URL of each cluster's API server for Argo CD, by the cluster's name. */
    readonly servers: Readonly<Record<string, string>>;
    /** UID of each cluster's namespace `kube-system`, by the cluster's name, where it is known. */
    readonly uids: Readonly<Record<string, string>>;
    /** Clusters that do not answer, and on which this run changes nothing. */
    readonly unreachable: readonly string[];
    /** The outputs of the hub's stack. */
    readonly hub: HubOutputs;
    /** Clusters that another tool or a person registered and the stack adopts, by name. */
    readonly adoptions: Adoptions;
    /** Annotations that adopted cluster Secrets keep, by the cluster's name. */
    readonly keptAnnotations: KeptAnnotations;
    /** Namespaces of applications that existed before the stack, by the cluster's name. */
    readonly adoptedNamespaces: Readonly<Record<string, AdoptedNamespaces>>;
}

/** An environment's clusters, found in their kubeconfigs, and the hub on which they are registered. */
interface FoundClusters {
    readonly hub: ClusterAddress;
    /** Each cluster, by its name. */
    readonly spokes: Readonly<Record<string, ClusterAddress>>;
    readonly servers: EnvironmentFacts["servers"];
    readonly unreachable: EnvironmentFacts["unreachable"];
}

/**
 * Checks that the hub and every cluster can be reached, that the hub's rollout includes the environment, that no
 * cluster registers a name or a URL a second time, and that no token is replaced by an older one. The stack adopts a
 * registration from another tool if the settings name it.
 *
 * @param stack the environment's stack; its own registrations are not a conflict
 * @param hub the outputs of the hub's stack, which are read at the same time
 * @param place the shard that these clusters are; by default all clusters of the environment
 * @throws InputError that lists all problems and what to do
 */
export async function checkEnvironment(
    settings: EnvironmentSettings,
    stack: string,
    hub: Promise<HubOutputs>,
    place: ShardPlace = { shard: undefined, shards: {} },
): Promise<EnvironmentFacts> {
    const [found, outputs] = await Promise.all([findClusters(settings), hub]);
    const checked = Object.entries(found.spokes).flatMap(([name, user]) => {
        const [own, server] = [settings.clusters[name], found.servers[name]];
        return own === undefined || server === undefined ? [] : [{ settings: own, server, user }];
    });
    const tokens = hubTokens(found.hub, outputs.argoCdNamespace);
    const [registered, warnings] = await allOf([
        async () => checkRegistrations(settings, found, outputs, stack, place),
        () => missingIdentities(settings, outputs.identities),
        () => refuseUnfitForRollout(settings, outputs),
        () => refuseUnfitSyncAccounts(settings, outputs),
        () => refuseUnkeptQuarantine(settings, outputs.argoCdVersion),
        ...checked.map((cluster) => () => {
            refuseUnusableServer(cluster, outputs.lab);
            return checkConnection(cluster);
        }),
        ...checked.map((cluster) => () => {
            return checkFederation({ ...cluster, environment: settings.environment }, tokens, outputs);
        }),
    ]);
    for (const warning of warnings) {
        await pulumi.log.warn(warning);
    }
    if (!settings.protect) {
        await pulumi.log.warn(
            `hubspoke:protect: is false, so a destroy removes the agent from ${settings.environment} even if the hub ` +
                "protects it. Remove the setting after the destroy",
        );
    }
    return { hub: outputs, ...registered };
}

/** Finds the hub and each cluster that is to be asked in its kubeconfig, and asks each for its version. */
async function findClusters(settings: EnvironmentSettings): Promise<FoundClusters> {
    const unreachable = namedUnreachable();
    const asked = Object.entries(settings.clusters).filter(([name, { quarantined }]) => {
        return !quarantined && !unreachable.includes(name);
    });
    const names = asked.map(([name]) => name);
    const [hub, ...spokes] = await allOf([
        () => findCluster("hub", settings.hub),
        ...asked.map(
            ([name, spoke]) =>
                () => findCluster(`clusters.${name}`, spoke),
        ),
    ]);
    const byName = Object.fromEntries(spokes.map((spoke, index) => [names[index] ?? "", spoke]));
    const servers = Object.fromEntries(
        Object.entries(byName).map(([name, { server }]) => [name, settings.clusters[name]?.server ?? server]),
    );
    await allOf([
        () => refuseSharedServer(servers),
        ...[hub, ...spokes].map((cluster) => () => get(cluster, "version")),
    ]);
    return { hub, spokes: byName, servers, unreachable };
}

async function checkRegistrations(
    settings: EnvironmentSettings,
    { hub: address, spokes, servers, unreachable }: FoundClusters,
    hub: HubOutputs,
    stack: string,
    place: ShardPlace,
): Promise<Omit<EnvironmentFacts, "hub">> {
    const asked = Object.entries(spokes).map(async ([name, spoke]) => {
        return { name, server: servers[name] ?? spoke.server, uid: await clusterUid(spoke) };
    });
    const [all, promotions, found] = await Promise.all([
        registrations(address, hub.argoCdNamespace),
        readPromotions(address, hub.argoCdNamespace),
        Promise.all(asked),
    ]);
    refuseStatesOfOthers(place, settings, all, stack);
    const existing = asSeenFrom(place, all, stack);
    await pulumi.log.info(credentialKinds(settings, existing, stack));
    [
        ...leftAloneWithoutSetting(settings, existing, stack),
        ...servedConfirmations(settings, found, existing, stack),
    ].forEach((warning) => void pulumi.log.warn(warning));
    refuseOtherClusters(settings, found, existing, stack);
    const candidates = Object.entries(servers).map(([name, server]) => ({ name, server, settings, hub }));
    const applications = once(() => allApplications(address, hub.argoCdNamespace));
    const delivered = async (registration: Registration) => deliveredTo(registration, await applications());
    const adoptions = await findAdoptions(candidates, existing, stack, applications);
    const adopted = Object.entries(adoptions).map(([name, { secret }]) => [name, secret]);
    refuseContradictions([
        ...contradictedGenerations(settings, existing, stack),
        ...contradictedPins(settings, promotionsThatMoved(promotions, existing)),
    ]);
    refuseVanished(settings, existing, stack);
    await refuseProtectedRemovals(settings, existing, stack, hub.rollout.protectedEnvironments, delivered);
    await refuseUnfitRooms(settings, hub, existing, stack, delivered);
    refuseSecondRegistration(
        servers,
        existing,
        stack,
        Object.fromEntries(adopted) as Record<string, string>,
        settings.clusters,
    );
    const uids = uidsOf(found, existing, stack);
    await warnOfUnknown(found, uids);
    const known = {
        ...asRegistered(servers, existing),
        ...unreachableServers(unreachable, existing, stack),
        ...quarantinedServers(settings, existing, stack),
    };
    refuseUnknownServers(unreachable.filter((name) => name in settings.clusters), known, place.held);
    return {
        servers: known,
        uids,
        unreachable,
        adoptions,
        keptAnnotations: annotationsToKeep(settings, existing),
        adoptedNamespaces: await findNamespaces(settings, spokes, existing, hub, stack),
    };
}

/** The applications' namespaces that exist before the stack makes room for them, or that it adopted then. */
async function findNamespaces(
    settings: EnvironmentSettings,
    spokes: Readonly<Record<string, ClusterAddress>>,
    existing: readonly Registration[],
    hub: HubOutputs,
    stack: string,
): Promise<EnvironmentFacts["adoptedNamespaces"]> {
    const entries = await allOf(
        Object.entries(spokes).map(([cluster, spoke]) => async () => {
            const registration = existing.find((one) => one.cluster === cluster && one.stack === stack);
            const own = settings.clusters[cluster];
            if (registration === undefined && settings.clusters[cluster]?.credentials.type === "token") {
                await refuseTakenAccount(spoke, cluster, stack);
            }
            const chosen = own === undefined ? [] : chosenFor(hub, settings, own);
            if (own !== undefined) {
                const rooms = chosen.map(({ namespace }) => namespace);
                const beside = besideRooms(own.permissions, rooms, [], []);
                await refuseMissingNamespaces(spoke, cluster, beside.map(({ namespace }) => namespace));
            }
            const found = await allOf(
                chosen.map(({ name, namespace }) => async () => {
                    const shared = name === agentKey && own?.sharedNamespace === true;
                    const limits = limitsOf(settings, name);
                    const context = { at: `clusters.${cluster}`, application: name, namespace, stack, limits, shared };
                    const isOwn = registration !== undefined && hasRoomFor(name, registration.labels);
                    return [name, await findNamespace(spoke, context, isOwn)] as const;
                }),
            );
            return [cluster, Object.fromEntries(found)] as const;
        }),
    );
    return Object.fromEntries(entries);
}

/** The URLs as the hub has them: with another spelling of the same URL, Applications would get another destination. */
function asRegistered(
    servers: EnvironmentFacts["servers"],
    existing: readonly Registration[],
): EnvironmentFacts["servers"] {
    const spelling = (server: string) => existing.find((one) => sameServer(one.server, server))?.server ?? server;
    return Object.fromEntries(Object.entries(servers).map(([name, server]) => [name, spelling(server)]));
}
