import * as pulumi from "@pulumi/pulumi";
import { allApplications } from "../clusters/applications";
import { argoCdNamespace } from "../clusters/names";
import { type ArgoCdAdoption, defaultRelease } from "../components/argoCd/adoption";
import type { AgentOnHub } from "../components/account/hubRights";
import { notificationsSecret } from "../components/argoCd/notifications";
import type { ProbePlan } from "../components/watch/probePlan";
import type { HubSettings } from "../settings/hub";
import { findArgoCd, foreignInCluster } from "./argoCd";
import { checkCertManager } from "./certManager";
import { refuseOldChart } from "./chart";
import { checkChartValues } from "./chartValues";
import { type ClusterAddress, findCluster } from "../clusters/kubeconfig";
import { allOf } from "./problems";
import { readMoves } from "../clusters/moves";
import { type Registration, registrations } from "../clusters/registrations";
import { find, get } from "../clusters/request";
import { secretPath } from "../clusters/secretPath";
import { refuseUnfitApplications } from "./applications";
import { findAgentOnHub } from "./agentOnHub";
import { refuseToStop } from "./defaultProject";
import { refuseCutOff } from "./egress";
import { refuseMissingAudiences } from "./federation";
import { refuseUnpreparedImpersonation } from "./impersonation";
import { checkNodes } from "./nodes";
import { openSources, refuseClosedSources } from "./otherSources";
import { once } from "./once";
import { publishedCluster } from "./published";
import { contradictedActive, refuseContradictions } from "./recorded";
import { isDelivered, refuseToOrphan, strangers } from "./strangers";
import { refuseForgottenEnvironments } from "./rollout";
import { refuseUnfitMemory } from "./scale";
import { refuseUnknownActive, refuseUnpublishedName } from "./traffic";
import { operatorGroup, refuseMissingOperator } from "./watch";

/** The results of the checks of the hub. */
export interface HubFacts {
    /** Whether the hub has the Prometheus operator's ServiceMonitor, or the settings say so. */
    readonly serviceMonitors: boolean;
    /** The kind of objects that Prometheus on the hub reads: found on the hub, or from the settings. */
    readonly alertObjects: ProbePlan["objects"];
    /** Whether an earlier release of Argo CD's chart created the Secret for notifications. */
    readonly chartHasSecret: boolean;
    /** The Argo CD that the stack adopts; undefined where it installs its own. */
    readonly adoption: ArgoCdAdoption | undefined;
    /** Whether the stack registers the hub itself, which another tool may have done. */
    readonly registersHub: boolean;
    /** The agent's namespace on the hub; undefined if the agent is not delivered there. */
    readonly agentOnHub: AgentOnHub | undefined;
}

interface GroupList {
    readonly groups: readonly { readonly name: string }[];
}

/**
 * Checks that the hub's API server can be reached, that the hub has enough nodes for the requested availability, and
 * that the program supports the chart.
 *
 * @param stack the hub's own stack
 * @throws InputError that lists all problems and what to do
 */
export async function checkHub(settings: HubSettings, stack: string): Promise<HubFacts> {
    const [hub] = await allOf([() => findCluster("cluster", settings.cluster)]);
    const groups = await apiGroups(hub);
    const operator = groups.includes(operatorGroup);
    const registered = registrations(hub, argoCdNamespace);
    const applications = once(() => allApplications(hub, argoCdNamespace));
    const [{ adoption, registersHub }, agentOnHub] = await allOf([
        async () => {
            const existing = await registered;
            return {
                adoption: await findArgoCd(hub, existing, stack, settings.adoptedRelease),
                registersHub: await registersHubItself(settings, existing),
            };
        },
        async () => findAgentOnHub(hub, settings, stack, await applications()),
        async () => refuseToStop(settings, await applications()),
        async () => {
            openSources(settings).forEach((warning) => void pulumi.log.warn(warning));
            await refuseClosedSources(settings, hub, await applications());
        },
        () => {
            const release = settings.adoptedRelease ?? defaultRelease;
            return settings.availability === "ha" ? checkNodes(hub, groups, settings.pods, release) : undefined;
        },
        () => refuseUnpublishedName(settings, groups),
        () => refuseMissingOperator(settings, groups),
        () => refuseUnfitMemory(settings),
        () => checkCertManager(hub, settings, groups),
        async () => {
            const existing = await registered;
            strangers(existing).forEach((warning) => void pulumi.log.warn(warning));
            refuseForgottenEnvironments(settings, deployedEnvironments(existing));
            refuseUnknownActive(settings, existing);
            refuseMissingAudiences(settings, existing);
            await refuseToOrphan(existing, hub);
            await refuseUnfitApplications(settings, existing, hub);
            await refuseUnpreparedImpersonation(settings, existing, applications);
        },
        async () => refuseCutOff(settings.egress, hub, await registered),
        async () => {
            const { domain, traffic } = settings;
            if (traffic !== undefined) {
                const moves = await readMoves(hub, argoCdNamespace);
                // After a move that began and is not done, it is not known where users are.
                const isOpen = moves[0]?.state === "begun";
                const published = isOpen ? await publishedCluster(hub, { domain, traffic }) : undefined;
                refuseContradictions(contradictedActive(settings, moves, published));
            }
        },
        () => refuseOldChart(settings.chart),
        () => checkChartValues(settings),
        () => refuseTlsTooEarly(settings, groups),
    ]);
    const { metrics, alerts } = settings;
    return {
        adoption,
        registersHub,
        agentOnHub,
        serviceMonitors: metrics.serviceMonitors === "auto" ? operator : metrics.serviceMonitors,
        alertObjects: alerts.objects === "auto" ? (operator ? "operator" : "files") : alerts.objects,
        chartHasSecret: madeByHelm(
            await find(hub, secretPath(argoCdNamespace, notificationsSecret)),
        ),
    };
}

/** @throws Error where Redis would wait for a certificate of a cert-manager that the same `up` installs after it */
export function refuseTlsTooEarly({ redisTls }: Pick<HubSettings, "redisTls">, groups: readonly string[]): void {
    if (redisTls && !groups.includes("cert-manager.io")) {
        throw new Error(
            "hubspoke:redisTls: needs the hub's cert-manager before Redis starts, and the hub has none yet. Run `pulumi up` " +
                "without it first, then set it",
        );
    }
}

/**
 * Whether the stack registers the hub itself: not where another tool or a person did, as gitops-bridge does. Two
 * Secrets with one URL would compete.
 */
async function registersHubItself({ labels }: HubSettings, existing: readonly Registration[]): Promise<boolean> {
    const foreign = foreignInCluster(existing);
    if (foreign === undefined) {
        return true;
    }
    const found = `Secret ${foreign.secret}, which another tool or a person created, registers the hub itself`;
    if (labels.deploy === "true") {
        throw new Error(
            `hubspoke:labels.deploy: is "true", and ${found}: the agent cannot be delivered to the hub. Write "false", or ` +
                "remove that Secret if no Application needs its labels",
        );
    }
    await pulumi.log.warn(`hubspoke:cluster: ${found}. This stack leaves it as it is, and does not register the hub again`);
    return false;
}

/** Whether an object belongs to a Helm release: Helm annotates every object that it creates. */
export function madeByHelm(
    object: { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } } | undefined,
): boolean {
    return object?.metadata.annotations?.["meta.helm.sh/release-name"] !== undefined;
}

/** Environments of the clusters to which the agent is delivered; empty for a hub that is not installed yet. */
function deployedEnvironments(existing: readonly Registration[]): string[] {
    return existing.filter(isDelivered).map(({ labels }) => labels.environment ?? "");
}

/** Names of the API groups that the hub serves. */
async function apiGroups(hub: ClusterAddress): Promise<string[]> {
    const [{ groups }] = await allOf([() => get<GroupList>(hub, "apis")]);
    return groups.map(({ name }) => name);
}
