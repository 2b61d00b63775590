import type { ClusterAddress } from "./kubeconfig";
import { agentKey } from "../settings/agentKey";
import { nameNormalized } from "../settings/argoCdName";
import { connectionCheckLabel, nameLabel, quarantinedLabel } from "./names";
import { type Registration, sameServer } from "./registrations";
import { change, find } from "./request";

/** Revisions of an Application's sources: one, or one for each of several. */
interface Compared {
    readonly revision?: string;
    readonly revisions?: readonly string[];
}

/** Where manifests come from (argo-cd, `ApplicationSource`). */
export interface ApplicationSource {
    readonly repoURL?: string;
    /** Of a Helm repository or a registry. */
    readonly chart?: string;
    readonly targetRevision?: string;
    readonly helm?: {
        readonly valueFiles?: readonly string[];
        readonly fileParameters?: readonly { readonly path?: string }[];
    };
    readonly kustomize?: object;
}

/** What is to be delivered: the chart, or instead the chart and its values files. */
interface Targeted {
    readonly source?: ApplicationSource;
    readonly sources?: readonly ApplicationSource[];
}

/** The fields of an Argo CD Application that this program reads (argo-cd, pkg/apis/application/v1alpha1/types.go). */
export interface Application {
    readonly metadata: {
        readonly name: string;
        readonly labels?: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
        readonly deletionTimestamp?: string;
        readonly ownerReferences?: readonly { readonly kind: string; readonly name?: string }[];
    };
    readonly spec?: Targeted & {
        readonly project?: string;
        /** A cluster by its URL or by its name; without a namespace, each object names its own. */
        readonly destination?: { readonly server?: string; readonly name?: string; readonly namespace?: string };
    };
    /** A sync that Argo CD is doing, or tries again. */
    readonly operation?: object;
    readonly status?: {
        /** Time of the last comparison, as RFC 3339. */
        readonly reconciledAt?: string;
        /** How Argo CD has made the manifests of its sources, such as `Helm` or `Kustomize`. */
        readonly sourceType?: string;
        readonly sourceTypes?: readonly string[];
        readonly sync?: Compared & { readonly status?: string; readonly comparedTo?: Targeted };
        readonly health?: { readonly status?: string; readonly lastTransitionTime?: string };
        readonly operationState?: {
            readonly phase?: string;
            readonly message?: string;
            readonly finishedAt?: string;
            readonly syncResult?: Compared;
        };
        /** The deployed revisions, the oldest first. */
        readonly history?: readonly Compared[];
        readonly conditions?: readonly { readonly type: string; readonly message: string }[];
        /** The objects that it delivers; one of the whole cluster has no namespace. */
        readonly resources?: readonly { readonly namespace?: string }[];
    };
}

/** API path of the Applications in Argo CD's namespace. */
export function applicationsPath(namespace: string): string {
    return `apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications`;
}

/** API path of an ApplicationSet in Argo CD's namespace. */
export function applicationSetPath(namespace: string, name: string): string {
    return `apis/argoproj.io/v1alpha1/namespaces/${namespace}/applicationsets/${name}`;
}

/** API path of an AppProject in Argo CD's namespace. */
export function projectPath(namespace: string, name: string): string {
    return `apis/argoproj.io/v1alpha1/namespaces/${namespace}/appprojects/${name}`;
}

/**
 * The Applications that deliver to a cluster, by its URL or by its name in Argo CD; empty on a hub without Argo CD.
 *
 * @throws Error that names the hub, if it does not answer or refuses the request
 */
export async function applicationsOf(
    hub: ClusterAddress,
    namespace: string,
    cluster: Pick<Registration, "argoCdName" | "server">,
): Promise<Application[]> {
    return deliveredTo(cluster, await allApplications(hub, namespace));
}

/** Those of the Applications that deliver to a cluster, by its URL or by its name in Argo CD. */
export function deliveredTo(
    { argoCdName, server }: Pick<Registration, "argoCdName" | "server">,
    applications: readonly Application[],
): Application[] {
    return applications.filter(({ spec }) => {
        const { name, server: url = "" } = spec?.destination ?? {};
        return name === argoCdName || sameServer(url, server);
    });
}

/** All Applications in Argo CD's namespace, except checks of a connection; empty on a hub without Argo CD. */
export async function allApplications(hub: ClusterAddress, namespace: string): Promise<Application[]> {
    const [checkKey = ""] = Object.keys(connectionCheckLabel);
    const all = await list(hub, applicationsPath(namespace));
    return all.filter(({ metadata }) => metadata.labels?.[checkKey] === undefined);
}

/** Whether an Application is one of the agent's, by its label. */
export function isAgents({ metadata }: Application): boolean {
    return metadata.labels?.[nameLabel] === agentKey;
}

/**
 * Whether an Application is of one of the program's applications: its ApplicationSet, its AppProject and its label have
 * one name.
 */
export function isManaged({ metadata, spec }: Application): boolean {
    const name = metadata.labels?.[nameLabel];
    const owner = metadata.ownerReferences?.find(({ kind }) => kind === "ApplicationSet");
    return name !== undefined && owner?.name === name && spec?.project === name;
}

/** An application's Applications in an environment. */
export async function applicationsIn(
    hub: ClusterAddress,
    namespace: string,
    application: string,
    environment: string,
): Promise<Application[]> {
    const selector = encodeURIComponent(`${nameLabel}=${application},environment=${environment}`);
    return list(hub, `${applicationsPath(namespace)}?labelSelector=${selector}`);
}

/** Name of the Application of an application on a cluster, by the cluster's name in Argo CD. */
export function applicationOn(application: string, argoCdName: string): string {
    return `${application}-${nameNormalized(argoCdName)}`;
}

/** The Application of an application on a cluster; undefined if there is none. */
export async function findApplication(
    hub: ClusterAddress,
    namespace: string,
    application: string,
    argoCdName: string,
): Promise<Application | undefined> {
    return find<Application>(hub, `${applicationsPath(namespace)}/${applicationOn(application, argoCdName)}`);
}

/**
 * The revision that Argo CD has compared or synced: a commit, or the version of a chart and the commit of its values
 * files, with a space between. Undefined if there is none.
 */
export function revisionOf(compared: Compared | undefined): string | undefined {
    const text = compared?.revisions?.length ? compared.revisions.join(" ") : compared?.revision;
    return text === "" ? undefined : text;
}

/** The revision that an Application is to have, as {@link revisionOf} writes it. */
export function targetRevisionOf({ spec }: { readonly spec?: Targeted }): string | undefined {
    return spec?.sources?.map(({ targetRevision = "" }) => targetRevision).join(" ") ?? spec?.source?.targetRevision;
}

/** Whether an ApplicationSet created the Application. */
export function isGenerated({ metadata }: Application): boolean {
    return metadata.ownerReferences?.some(({ kind }) => kind === "ApplicationSet") ?? false;
}

/** Whether Argo CD leaves the Application's cluster alone: the status is then from before. */
export function isQuarantined({ metadata }: Pick<Application, "metadata">): boolean {
    return metadata.labels?.[quarantinedLabel] !== undefined;
}

/** Namespaces to which an Application delivers: that of its destination, and those that its objects name. */
export function deliveredNamespaces({ spec, status }: Application): string[] {
    const all = [spec?.destination, ...(status?.resources ?? [])].map((one) => one?.namespace ?? "");
    return [...new Set(all.filter((namespace) => namespace !== ""))].sort();
}

/** The conditions that Argo CD reports, in one line. */
export function complaintsOf({ status }: Application): string {
    return (status?.conditions ?? []).map(({ type, message }) => `${type}: ${message}`).join("; ");
}

/**
 * Names in one line, for messages.
 *
 * @param shown how many names at most; by default all
 */
export function namesOf(applications: readonly Application[], shown = Infinity): string {
    const more = applications.length > shown ? ` and ${applications.length - shown} more` : "";
    return applications.slice(0, shown).map(({ metadata }) => metadata.name).join(", ") + more;
}

/** Annotates Applications, one after another; one that is deleted meanwhile is not an error. */
export async function annotateApplications(
    hub: ClusterAddress,
    namespace: string,
    applications: readonly Application[],
    annotations: Readonly<Record<string, string>>,
): Promise<void> {
    for (const { metadata } of applications) {
        const path = `${applicationsPath(namespace)}/${metadata.name}`;
        await change(hub, path, { method: "PATCH", body: { metadata: { annotations } } });
    }
}

async function list(hub: ClusterAddress, path: string): Promise<Application[]> {
    return (await find<{ readonly items: Application[] }>(hub, path))?.items ?? [];
}
