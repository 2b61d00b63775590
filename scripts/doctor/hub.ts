import * as pulumi from "@pulumi/pulumi";
import { type ClusterAddress, findCluster } from "../../clusters/kubeconfig";
import { argoCdNamespace } from "../../clusters/names";
import { argoCdHost } from "../../components/argoCd/names";
import { Hub } from "../../components/hub";
import { type HubOutputs, parseHubOutputs } from "../../components/hubOutputs";
import { checkHub, type HubFacts } from "../../preflight/hub";
import type { HubSettings } from "../../settings/hub";
import { inFolder } from "../support/folder";
import { GitRepositories } from "../support/gitRepositories";
import { recordNeeds, releasesIn, renderRelease } from "./charts";
import { examineCluster } from "./cluster";
import { registeredBy, renderDeliveries } from "./deliveries";
import { failures, type Finding, finding, ok } from "./finding";
import { checkHosts, problemOf } from "./hosts";
import { checkImage } from "./images";
import { broughtGroups, objectOf } from "./objects";
import { checked, type Planned, planned } from "./program";
import { dynamicNeeds } from "./rights";

/** The facts of a hub on which nothing is installed yet. */
function emptyHub({ metrics, alerts }: HubSettings): HubFacts {
    return {
        adoption: undefined,
        registersHub: true,
        agentOnHub: undefined,
        serviceMonitors: metrics.serviceMonitors === true,
        alertObjects: alerts.objects === "auto" ? "files" : alerts.objects,
        chartHasSecret: false,
    };
}

/** The resources and outputs of a hub's stack, before it is deployed. */
export async function planHub(
    settings: HubSettings,
    stack: string,
    facts: HubFacts = emptyHub(settings),
): Promise<{ readonly resources: Planned[]; readonly outputs: HubOutputs }> {
    const outputs: Record<string, string> = {};
    const resources = await planned(stack, () => {
        const hub = new Hub("hub", { settings, stack, ...facts });
        for (const [name, output] of Object.entries(hub.outputs)) {
            pulumi.output(output).apply((value) => (outputs[name] = value));
        }
    });
    return { resources, outputs: parseHubOutputs(stack, outputs) };
}

/**
 * Checks a hub's stack: the program's own checks, and then the rights, kinds, charts, images and names that it needs.
 *
 * @param stack the stack's full name
 * @param kubectl version of kubectl on this machine
 */
export async function examineHub(
    settings: HubSettings,
    stack: string,
    kubectl: string | undefined,
): Promise<Finding[]> {
    const { facts, error, warnings } = await checked(stack, () => checkHub(settings, stack));
    const address = await findCluster("cluster", settings.cluster).catch(() => undefined);
    const { resources } = await planHub(settings, stack, facts);
    const releases = releasesIn(resources);
    const charts = await Promise.all(releases.map(renderRelease));
    return [
        ...(facts === undefined ? failures(error) : [ok("the program's own checks of the hub")]),
        ...warnings.map((warning) => finding("warn", warning)),
        ...charts.flatMap(({ findings }) => findings),
        ...(address === undefined
            ? []
            : await examineCluster(address, {
                  objects: [
                      ...resources.flatMap((one) => objectOf(one) ?? []),
                      ...charts.flatMap(({ objects }) => objects),
                  ],
                  delivered: [],
                  brought: broughtGroups(resources),
                  needs: [
                      ...releases.flatMap(recordNeeds),
                      ...dynamicNeeds(resources, argoCdNamespace).map(({ need }) => need),
                  ],
                  remedy: "Give it cluster-admin on the hub (docs/security.md)",
                  kubectl,
                  needsNode: false,
              })),
        ...(await checkHosts(hostsOf(settings, address, releases.map(({ inputs }) => inputs)))),
        ...(await examineEntrance(settings)),
        ...(await examineApplications(settings, resources)),
        ...(await Promise.all(charts.flatMap(({ images }) => images).filter(isFirst).map(checkImage))),
    ];
}

function hostsOf(
    { applications }: HubSettings,
    address: ClusterAddress | undefined,
    releases: readonly { readonly repositoryOpts?: { readonly repo?: unknown } }[],
) {
    const repositories = releases.map(({ repositoryOpts }) => repositoryOpts?.repo).filter((url) => typeof url === "string");
    return [
        ...(address === undefined || address.proxy !== undefined ? [] : [{ what: "the hub's API server", url: address.server }]),
        ...repositories.map((url) => ({ what: "a chart repository", url })),
        ...applications.flatMap(({ name, source }) => {
            const url = "repository" in source ? source.repository : source.values?.repository;
            return url === undefined ? [] : [{ what: `the repository of ${name}`, url }];
        }),
    ];
}

/** Users' browsers find Argo CD by this name. A controller on the hub may make the record after the first `up`. */
async function examineEntrance({ ingress, domain }: HubSettings): Promise<Finding[]> {
    const host = argoCdHost(domain);
    const why = ingress === undefined ? undefined : await problemOf(host);
    return why === undefined
        ? []
        : [finding("warn", `${host}: DNS gives no address (${why}). Make a record for the hub's ingress after the first up`)];
}

/** The repositories of the applications, and what the hub itself would get. */
async function examineApplications(settings: HubSettings, resources: readonly Planned[]): Promise<Finding[]> {
    return inFolder(async (scratch) => {
        const repositories = new GitRepositories(settings, scratch);
        const sources = await Promise.all(
            settings.applications.map(async ({ name, source }) => {
                const git = "repository" in source ? source : source.values;
                const found = git && (await repositories.at(git.repository, git.revision));
                return found === undefined || "folder" in found
                    ? ok(`application ${name}: ${git?.repository ?? "its chart is looked for with each cluster"}`)
                    : finding("fail", `application ${name}: ${found.missing}`);
            }),
        );
        const charts = await renderDeliveries(registeredBy(resources, {}), resources, repositories);
        const images = await Promise.all(charts.flatMap((one) => one.images).filter(isFirst).map(checkImage));
        return [...sources, ...charts.flatMap(({ findings }) => findings), ...images];
    });
}

function isFirst(value: string, index: number, all: readonly string[]): boolean {
    return all.indexOf(value) === index;
}
