import { clustersIn } from "../support/holders";
import { isSpoke, resourcesOf } from "../support/registered";
import { isSecret, type State, type StateResource, withoutSubtrees } from "../support/state";

/** The state without some clusters. What all clusters need stays, but not alone: an empty stack has an empty state. */
export function without(state: State, clusters: readonly string[]): State {
    const left = withoutSubtrees(state, (resource) => isSpoke(resource, clusters));
    const resources = clustersIn(left).length === 0 ? [] : withOutputs(left, (cluster) => !clusters.includes(cluster));
    return { ...left, deployment: { ...left.deployment, resources } };
}

/**
 * The state of another stack with clusters of this state. The other stack gets what all clusters need too, such as the
 * provider of the hub, if it does not have that.
 *
 * @param from the state that has the clusters, with secrets in plain text
 * @param to the state that gets them, likewise; its own resources stay as they are
 * @param names of the two stacks
 */
export function withClusters(
    to: State,
    from: State,
    clusters: readonly string[],
    names: { readonly from: string; readonly to: string },
): State {
    const others = clustersIn(from).filter((cluster) => !clusters.includes(cluster));
    const part = without(from, others);
    const moved = (part.deployment.resources ?? []).map((resource) => renamed(resource, names));
    const own = to.deployment.resources ?? [];
    const known = new Map(own.filter((resource) => !resource.delete).map((resource) => [resource.urn, resource]));
    const references = new Map(
        moved.flatMap((resource): [string, string][] => {
            const { urn, id } = resource;
            const other = known.get(urn);
            return other === undefined ? [] : [[`${urn}::${id}`, `${urn}::${other.id}`]];
        }),
    );
    const added = moved.filter(({ urn }) => !known.has(urn)).map((resource) => {
        const provider = references.get(resource.provider ?? "") ?? resource.provider;
        return provider === undefined ? resource : { ...resource, provider };
    });
    const outputs = new Map(moved.map((resource) => [resource.urn, resource.outputs?.clusters]));
    const before = own.map((resource) => {
        const more = outputs.get(resource.urn);
        const clustersThere = resource.outputs?.clusters;
        return isMap(more) && isMap(clustersThere)
            ? { ...resource, outputs: { ...resource.outputs, clusters: { ...clustersThere, ...more } } }
            : resource;
    });
    return {
        ...to,
        version: Math.max(from.version, to.version),
        // A new stack has no key in its state yet: it gets this one, and its own with its first `up`.
        deployment: { ...from.deployment, ...to.deployment, resources: [...before, ...added] },
    };
}

/** Whether a run has changed a cluster in the first state after the last change of the cluster in the other one. */
export function isLater(one: State, other: State, cluster: string): boolean {
    const [mine, theirs] = [copyOf(one, cluster), copyOf(other, cluster)];
    // A deletion leaves no time.
    return mine.changed === theirs.changed ? mine.count < theirs.count : mine.changed > theirs.changed;
}

/** How many resources a cluster has in a state, and the time of their last change, in milliseconds. */
function copyOf(state: State, cluster: string): { readonly count: number; readonly changed: number } {
    const own = resourcesOf(state, cluster);
    return { count: own.length, changed: Math.max(...own.map(({ modified }) => Date.parse(modified ?? "") || 0)) };
}

/** The resources, whose outputs `clusters` have only some of the clusters. */
function withOutputs(state: State, isKept: (cluster: string) => boolean): readonly StateResource[] {
    return (state.deployment.resources ?? []).map((resource) => {
        const clusters = resource.outputs?.clusters;
        if (!isMap(clusters)) {
            return resource;
        }
        const kept = Object.fromEntries(Object.entries(clusters).filter(([cluster]) => isKept(cluster)));
        return { ...resource, outputs: { ...resource.outputs, clusters: kept } };
    });
}

/** The same resource in another stack: every URN has the stack's name, and that of the stack itself has it twice. */
function renamed(resource: StateResource, { from, to }: { readonly from: string; readonly to: string }): StateResource {
    const urn = new RegExp(`^urn:pulumi:${escaped(from)}::`);
    const root = new RegExp(`(::pulumi:pulumi:Stack::[^:]*-)${escaped(from)}$`);
    const rename = (_: string, value: unknown): unknown => {
        const isUrn = typeof value === "string" && urn.test(value);
        return isUrn ? value.replace(urn, `urn:pulumi:${to}::`).replace(root, `$1${to}`) : value;
    };
    return JSON.parse(JSON.stringify(resource), rename) as StateResource;
}

function escaped(text: string): string {
    return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
    // A secret is a map too, with a signature.
    return typeof value === "object" && value !== null && !Array.isArray(value) && !isSecret(value);
}
