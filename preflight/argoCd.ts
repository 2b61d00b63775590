import * as pulumi from "@pulumi/pulumi";
import { applicationSetPath, projectPath } from "../clusters/applications";
import type { ClusterAddress } from "../clusters/kubeconfig";
import {
    adoptedAnnotation, argoCdNamespace, helmNamespaceAnnotation, helmReleaseAnnotation, shortStackName, stackAnnotation,
} from "../clusters/names";
import { isInCluster, type Registration } from "../clusters/registrations";
import { find, get } from "../clusters/request";
import { type ArgoCdAdoption, defaultRelease } from "../components/argoCd/adoption";
import { priorityClass } from "../components/argoCd/availability";
import { keptMetadata, type Metadata } from "./keptMetadata";
import { agentKey } from "../settings/agentKey";
import { inClusterName } from "../settings/environment";

/** Argo CD's CRDs, and that of its operator (argocd-operator, OpenShift GitOps). */
const crdNames = ["applications.argoproj.io", "applicationsets.argoproj.io", "appprojects.argoproj.io"];

/** Workloads that are an application controller: upstream, the chart and the operator label it so. */
const controllerSelector = encodeURIComponent(
    "app.kubernetes.io/part-of=argocd,app.kubernetes.io/component=application-controller",
);

/** Secrets that Argo CD or its chart fills: passwords, keys of sessions, users' own entries. */
const ownSecrets = ["argocd-secret", "argocd-redis"];

/** An application controller on the hub. */
export interface Controller {
    readonly namespace: string;
    /** `helm` with the release's name, `operator`, or `manifests` for all else. */
    readonly installedBy: { readonly by: "helm"; readonly release: string } | { readonly by: "operator" | "manifests" };
}

/** A CRD of Argo CD, and the Helm release that owns it, as `namespace/name`; undefined if no release owns it. */
export interface Crd {
    readonly name: string;
    readonly owner: string | undefined;
}

/** What a hub has of Argo CD before the stack creates anything. */
export interface ArgoCdFacts {
    /** The stack in the mark of the namespace; undefined without a mark. */
    readonly namespaceOf: string | undefined;
    readonly namespaceExists: boolean;
    readonly controllers: readonly Controller[];
    readonly crds: readonly Crd[];
    /** Objects with a name that the stack's own will have, such as `AppProject agent`. */
    readonly taken: readonly string[];
}

/** The Helm release that the stack has, or will have, as `namespace/name`. */
export function ownRelease(adoptedRelease: string | undefined): string {
    return `${argoCdNamespace}/${adoptedRelease ?? defaultRelease}`;
}

/** CRDs that Helm would refuse to put into the release. */
export function foreignCrds(crds: readonly Crd[], adoptedRelease: string | undefined): Crd[] {
    return crds.filter(({ owner }) => owner !== ownRelease(adoptedRelease));
}

const move = "Choose another cluster for the hub, or move that Argo CD: docs/brownfield.md";

/**
 * Why the stack cannot install its Argo CD on this hub, or adopt the one that is there.
 *
 * @param stack the hub's own stack
 * @returns each problem with its remedy; none where nothing is in the way
 */
export function obstacles(facts: ArgoCdFacts, stack: string, adoptedRelease: string | undefined): string[] {
    const { namespaceOf, namespaceExists, controllers, crds, taken } = facts;
    if (namespaceOf !== undefined && namespaceOf !== stack) {
        return [
            `hubspoke:cluster: namespace ${argoCdNamespace} belongs to the stack ${namespaceOf}. Choose another cluster; ` +
                "if that is this stack's earlier name, write the new one: kubectl annotate namespace " +
                `${argoCdNamespace} --overwrite ${stackAnnotation}=${stack}`,
        ];
    }
    const elsewhere = controllers.filter(({ namespace }) => namespace !== argoCdNamespace);
    const here = controllers.filter(({ namespace }) => namespace === argoCdNamespace);
    const problems = elsewhere.map(
        ({ namespace, installedBy }) =>
            `hubspoke:cluster: another Argo CD runs in namespace ${namespace} (${describe(installedBy)}). This one would ` +
            `be in ${argoCdNamespace}, and two on one cluster share their CRDs. ${move}`,
    );
    for (const { installedBy } of here) {
        if (installedBy.by !== "helm") {
            problems.push(
                `hubspoke:cluster: an Argo CD runs in namespace ${argoCdNamespace} (${describe(installedBy)}). Only a ` +
                    `release of the argo-cd Helm chart can be adopted. ${move}`,
            );
        } else if (adoptedRelease !== undefined && installedBy.release !== adoptedRelease) {
            problems.push(
                `hubspoke:adoptedRelease: is "${adoptedRelease}", and the Argo CD in namespace ${argoCdNamespace} is of ` +
                    `the Helm release "${installedBy.release}". Write "${installedBy.release}"`,
            );
        }
    }
    if (namespaceOf === undefined && taken.length > 0) {
        problems.push(
            `hubspoke:cluster: the hub has ${taken.join(", ")} already, and the stack creates objects with these names. ` +
                "Rename or delete those that are there",
        );
    }
    if (problems.length > 0 || adoptedRelease !== undefined) {
        return problems;
    }
    const found = [
        ...here.map(({ installedBy }) => `an Argo CD in namespace ${argoCdNamespace} (${describe(installedBy)})`),
        ...(namespaceExists && here.length === 0 ? [`a namespace ${argoCdNamespace}, which this stack did not create`] : []),
        ...describeCrds(foreignCrds(crds, adoptedRelease)),
    ];
    return found.length === 0
        ? []
        : [`hubspoke:cluster: the hub has ${found.join("; and ")}. To adopt: npm run adopt -- ${shortStackName(stack)}`];
}

function describe(installedBy: Controller["installedBy"]): string {
    switch (installedBy.by) {
        case "helm":
            return `Helm release "${installedBy.release}"`;
        case "operator":
            return "installed by the Argo CD operator";
        case "manifests":
            return "installed by manifests";
    }
}

/** CRDs with the same owner in one phrase. */
export function describeCrds(crds: readonly Crd[]): string[] {
    const owners = [...new Set(crds.map(({ owner }) => owner))];
    return owners.map((owner) => {
        const names = crds.filter((crd) => crd.owner === owner).map(({ name }) => name);
        return `${owner === undefined ? "without an owner" : `of the Helm release ${owner}`}: the CRDs ${names.join(", ")}`;
    });
}

interface ObjectList {
    readonly items: readonly { readonly metadata: Metadata & { readonly namespace?: string } }[];
}

/** Objects whose names the stack uses, by their paths; a release of the chart does not contain them. */
const names: Readonly<Record<string, string>> = {
    "AppProject agent": projectPath(argoCdNamespace, agentKey),
    "ApplicationSet agent": applicationSetPath(argoCdNamespace, agentKey),
    [`PriorityClass ${priorityClass}`]: `apis/scheduling.k8s.io/v1/priorityclasses/${priorityClass}`,
};

/** Reads what {@link ArgoCdFacts} says. */
export async function readArgoCd(hub: ClusterAddress): Promise<ArgoCdFacts> {
    const taken = Object.entries(names).map(async ([name, path]) => {
        return (await find(hub, path)) === undefined ? [] : [name];
    });
    const workloads = (kind: string) => get<ObjectList>(hub, `apis/apps/v1/${kind}?labelSelector=${controllerSelector}`);
    const [namespace, statefulSets, deployments, ...crds] = await Promise.all([
        find<{ metadata: Metadata }>(hub, `api/v1/namespaces/${argoCdNamespace}`),
        workloads("statefulsets"),
        workloads("deployments"),
        ...crdNames.map((name) =>
            find<{ metadata: Metadata }>(hub, `apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`),
        ),
    ]);
    return {
        namespaceOf: namespace?.metadata.annotations?.[stackAnnotation],
        namespaceExists: namespace !== undefined,
        controllers: [...statefulSets.items, ...deployments.items].map(({ metadata }) => ({
            namespace: metadata.namespace ?? "",
            installedBy: installerOf(metadata),
        })),
        crds: crds.flatMap((crd) =>
            crd === undefined ? [] : [{ name: crd.metadata.name, owner: ownerOf(crd.metadata) }],
        ),
        taken: (await Promise.all(taken)).flat(),
    };
}

function installerOf({ annotations, ownerReferences }: Metadata): Controller["installedBy"] {
    if (ownerReferences?.some(({ kind }) => kind === "ArgoCD")) {
        return { by: "operator" };
    }
    const release = annotations?.[helmReleaseAnnotation];
    return release === undefined ? { by: "manifests" } : { by: "helm", release };
}

function ownerOf({ annotations, labels }: Metadata): string | undefined {
    const [name, namespace] = [annotations?.[helmReleaseAnnotation], annotations?.[helmNamespaceAnnotation]];
    const isHelms = labels?.["app.kubernetes.io/managed-by"] === "Helm" && name !== undefined;
    return isHelms ? `${namespace ?? ""}/${name}` : undefined;
}

/** What a merge patch must change on a CRD so that Helm accepts it as part of the release. */
export function ownershipPatch(adoptedRelease: string): object {
    const [namespace, name] = ownRelease(adoptedRelease).split("/");
    return {
        metadata: {
            labels: { "app.kubernetes.io/managed-by": "Helm" },
            annotations: { [helmReleaseAnnotation]: name, [helmNamespaceAnnotation]: namespace },
        },
    };
}

/** Label selector of a release's finished revision among Helm's Secrets. */
export function deployedRelease(release: string): string {
    return encodeURIComponent(`owner=helm,name=${release},status=deployed`);
}

/**
 * Refuses a hub with an Argo CD that is not the stack's, and finds what the stack adopts where the settings say so.
 *
 * A hub whose namespace has the stack's mark is the stack's own, also after an interrupted `up`. An earlier version
 * did not mark the namespace, but its registration of the hub itself.
 *
 * @param existing the clusters that are registered on the hub
 * @throws Error with what is in the way, and what to do
 */
export async function findArgoCd(
    hub: ClusterAddress,
    existing: readonly Registration[],
    stack: string,
    adoptedRelease: string | undefined,
): Promise<ArgoCdAdoption | undefined> {
    const namespace = await find<{ metadata: Metadata }>(hub, `api/v1/namespaces/${argoCdNamespace}`);
    const isOwn =
        namespace?.metadata.annotations?.[stackAnnotation] === stack ||
        existing.some((one) => one.cluster === inClusterName && one.stack === stack);
    refuseForgottenRelease(namespace?.metadata, adoptedRelease);
    if (!isOwn) {
        const facts = await readArgoCd(hub);
        const problems = obstacles(facts, stack, adoptedRelease);
        if (problems.length > 0) {
            throw new Error(problems.join("\n  "));
        }
        const foreign = adoptedRelease === undefined ? [] : foreignCrds(facts.crds, adoptedRelease);
        if (foreign.length > 0) {
            const text =
                `hubspoke:adoptedRelease: Helm would refuse CRDs of another owner, ${describeCrds(foreign).join("; ")}. ` +
                `npm run adopt -- ${shortStackName(stack)} gives them to the release`;
            if (!pulumi.runtime.isDryRun()) {
                throw new Error(text);
            }
            await pulumi.log.warn(text);
        }
    }
    return adoptedRelease === undefined ? undefined : adoption(hub, namespace?.metadata, stack, adoptedRelease);
}

/** Without the setting, the stack would replace the release, and a destroy would delete a namespace of others. */
export function refuseForgottenRelease(namespace: Metadata | undefined, adoptedRelease: string | undefined): void {
    const adopted = namespace?.annotations?.[adoptedAnnotation];
    if (adopted !== undefined && adopted !== adoptedRelease) {
        throw new Error(
            `hubspoke:adoptedRelease: is ${adoptedRelease ?? "missing"}, but this stack has adopted the Helm release ` +
                `"${adopted}". Write \`hubspoke:adoptedRelease: ${adopted}\``,
        );
    }
}

async function adoption(
    hub: ClusterAddress,
    namespace: Metadata | undefined,
    stack: string,
    release: string,
): Promise<ArgoCdAdoption> {
    const secrets = `api/v1/namespaces/${argoCdNamespace}/secrets`;
    const [{ items }, ...found] = await Promise.all([
        get<ObjectList>(hub, `${secrets}?labelSelector=${deployedRelease(release)}`),
        ...ownSecrets.map((name) => find<{ metadata: Metadata }>(hub, `${secrets}/${name}`)),
    ]);
    const own = found.flatMap((secret) => (secret === undefined ? [] : [secret.metadata]));
    const kept = own.filter(({ annotations }) => annotations?.[stackAnnotation] !== stack);
    return {
        namespace: namespace && keptMetadata(namespace),
        release: items.length > 0,
        keptSecrets: kept.map(({ name }) => name),
    };
}

/** The registration of the hub itself that another tool or a person created, as gitops-bridge does. */
export function foreignInCluster(existing: readonly Registration[]): Registration | undefined {
    const own = existing.filter(({ cluster, server }) => cluster === inClusterName || isInCluster(server));
    return own.some(({ stack }) => stack !== undefined) ? undefined : own[0];
}
