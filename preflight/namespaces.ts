import * as pulumi from "@pulumi/pulumi";
import { accountName, adoptedAnnotation, nameLabel, stackAnnotation } from "../clusters/names";
import type { ClusterAddress } from "../clusters/kubeconfig";
import { ask, get } from "../clusters/request";
import { agentKey } from "../settings/agentKey";
import type { AdoptedNamespace } from "../components/account/adoption";
import { isIsolated, type NamespaceLimits } from "../settings/delivery";
import { keptMetadata, type Metadata } from "./keptMetadata";

interface ObjectList {
    readonly items: readonly { readonly metadata: Metadata & { readonly namespace?: string } }[];
}

/** A namespace of an application that the stack did not create, with what is in it. */
export interface FoundNamespace {
    readonly metadata: Metadata;
    /** Pods that are not the application's. */
    readonly pods: readonly string[];
    /** ResourceQuotas and LimitRanges, as `resourcequota/name`. */
    readonly limits: readonly string[];
    /** Objects with the names of the stack's own, such as `networkpolicy/default-deny`. */
    readonly taken: readonly string[];
}

/** The cluster, and what the stack would do to the namespace. */
interface Context {
    /** Path of the cluster's setting. */
    readonly at: string;
    /** The application's name. */
    readonly application: string;
    readonly namespace: string;
    readonly stack: string;
    readonly limits: NamespaceLimits;
    /** The cluster's setting `sharedNamespace`; undefined for the hub, which has none. */
    readonly shared: boolean | undefined;
}

/**
 * Why the stack cannot take over a namespace that exists.
 *
 * @returns each problem with its remedy; none if the namespace can be adopted
 */
export function namespaceProblems({ metadata, pods, taken }: FoundNamespace, context: Context): string[] {
    const { namespace, stack, shared } = context;
    const at = `hubspoke:${context.at}`;
    const owner = metadata.annotations?.[stackAnnotation];
    if (owner !== undefined && owner !== stack) {
        return [
            `${at}: namespace ${namespace} belongs to the stack ${owner}. Remove the cluster there first; if that is this ` +
                `stack's earlier name: kubectl annotate namespace ${namespace} --overwrite ${stackAnnotation}=${stack}`,
        ];
    }
    return [
        ...(pods.length > 0 && shared !== true ? [foreignPods(context, pods)] : []),
        ...(taken.length > 0
            ? [`${at}: namespace ${namespace} has ${taken.join(", ")} already. Rename or delete that: the stack creates one of that name`]
            : []),
    ];
}

function foreignPods({ at, application, namespace, shared }: Context, pods: readonly string[]): string {
    const canShare = shared === false && application === agentKey;
    const setting = application === agentKey ? "agent" : `applications.${application}`;
    return (
        `hubspoke:${at}${canShare ? ".sharedNamespace" : ""}: namespace ${namespace} has pods that are not the ` +
        `application's (${some(pods)}), and the stack's quota, Pod Security level and network policy would apply to them. ` +
        `Choose another \`${setting}.namespace\` on the hub, or move them` +
        (canShare
            ? "; or write true: the stack then leaves them alone, and Argo CD's account may change objects beside the agent's"
            : "")
    );
}

/** What the adoption of a namespace changes, in one sentence. */
export function describeAdoption({ metadata, limits }: FoundNamespace, context: Context): string {
    const { at, namespace, shared, limits: given } = context;
    const { podSecurity, pods, cpu, memory } = given;
    const enforced = metadata.labels?.["pod-security.kubernetes.io/enforce"];
    const changes = shared
        ? ["a network policy for the application's pods, and nothing for other pods"]
        : [
              `Pod Security ${enforced === undefined ? "" : `${enforced} becomes `}${podSecurity}`,
              `a quota of ${pods} pods, ${cpu} CPUs and ${memory} of memory`,
              "default limits for containers",
              ...(isIsolated(given) ? ["a network policy that denies all other traffic"] : []),
          ];
    return (
        `hubspoke:${at}: namespace ${namespace} exists. The stack adopts it with its labels and annotations, ` +
        `and does not delete it at a destroy. It adds: ${changes.join(", ")}.` +
        (limits.length === 0 ? "" : ` ${some(limits)} also apply to the application`)
    );
}

function some(names: readonly string[]): string {
    return names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
}

/**
 * Finds the namespace of an application that exists on a cluster before the stack creates it, and warns of what will
 * change in it.
 *
 * @param isRegistered whether the stack has registered the cluster already
 * @returns undefined if there is none, or the stack created it
 * @throws Error that says why the namespace cannot be adopted, and what to do
 */
export async function findNamespace(
    spoke: ClusterAddress,
    context: Context,
    isRegistered: boolean,
): Promise<AdoptedNamespace | undefined> {
    const { namespace, stack } = context;
    const found = await visible(spoke, `api/v1/namespaces/${namespace}`);
    if (found === undefined) {
        return undefined;
    }
    const { annotations } = found.metadata;
    const isAdopted = annotations?.[adoptedAnnotation] !== undefined;
    const isOwn = annotations?.[stackAnnotation] === stack || isRegistered;
    if (!isOwn) {
        const whole = await inNamespace(spoke, found.metadata, context);
        const problems = namespaceProblems(whole, context);
        if (problems.length > 0) {
            throw new Error(problems.join("\n  "));
        }
        await pulumi.log.warn(describeAdoption(whole, context));
    }
    return isOwn && !isAdopted ? undefined : keptMetadata(found.metadata);
}

/**
 * An object, if it exists and these credentials may read it: a previewer has no rights on a cluster before its first
 * `pulumi up`, and the `up` itself then reports what is in the way.
 */
async function visible(spoke: ClusterAddress, path: string): Promise<{ readonly metadata: Metadata } | undefined> {
    const { status, body } = await ask(spoke, path);
    return status === 200 ? (JSON.parse(body) as { metadata: Metadata }) : undefined;
}

async function inNamespace(
    spoke: ClusterAddress,
    metadata: Metadata,
    { application, shared, limits: given }: Context,
): Promise<FoundNamespace> {
    const list = async (path: string) => (await get<ObjectList>(spoke, path)).items.map((item) => item.metadata);
    const core = `api/v1/namespaces/${metadata.name}`;
    const [pods, quotas, ranges, policies] = await Promise.all([
        list(`${core}/pods`),
        list(`${core}/resourcequotas`),
        list(`${core}/limitranges`),
        list(`apis/networking.k8s.io/v1/namespaces/${metadata.name}/networkpolicies`),
    ]);
    const titles = (kind: string, objects: readonly Metadata[]) => objects.map(({ name }) => `${kind}/${name}`);
    const policy = `networkpolicy/${shared ? `${application}-` : ""}default-deny`;
    const own = [
        ...(shared ? [] : [`resourcequota/${application}`, `limitrange/${application}`]),
        ...(isIsolated(given) ? [policy] : []),
    ];
    const limits = [...titles("resourcequota", quotas), ...titles("limitrange", ranges)];
    const all = [...limits, ...titles("networkpolicy", policies)];
    return {
        metadata,
        pods: pods.filter(({ labels }) => labels?.[nameLabel] !== application).map(({ name }) => name),
        limits,
        taken: all.filter((title) => own.includes(title)),
    };
}

/**
 * Refuses namespaces of `permissions` that do not exist: the stack gives rights in them, and makes none of them.
 *
 * @throws Error that names them, with the remedy
 */
export async function refuseMissingNamespaces(
    spoke: ClusterAddress,
    cluster: string,
    namespaces: readonly string[],
): Promise<void> {
    const answers = await Promise.all(namespaces.map((namespace) => ask(spoke, `api/v1/namespaces/${namespace}`)));
    // One that these credentials may not read can be there.
    const missing = namespaces.filter((_, index) => answers[index]?.status === 404);
    if (missing.length > 0) {
        throw new Error(
            `hubspoke:clusters.${cluster}.permissions.namespaces: the cluster has no namespace ${missing.join(", ")}, and Argo CD ` +
                "gets its rights in each. Create what is missing, or remove it here",
        );
    }
}

/**
 * Refuses a cluster with a namespace of the account's name that the stack did not create: the stack creates it.
 *
 * @throws Error with the remedy
 */
export async function refuseTakenAccount(spoke: ClusterAddress, cluster: string, stack: string): Promise<void> {
    const found = await visible(spoke, `api/v1/namespaces/${accountName}`);
    if (found !== undefined && found.metadata.annotations?.[stackAnnotation] !== stack) {
        throw new Error(
            `hubspoke:clusters.${cluster}: the cluster has a namespace ${accountName}, in which the stack creates Argo CD's ` +
                `account. If no other Argo CD uses it: kubectl delete namespace ${accountName}`,
        );
    }
}
