import { secretTypeLabel } from "../../clusters/names";
import { type Selector, selects } from "../../settings/applications";
import type { Change, Inputs } from "./events";

/** A cluster as Argo CD's cluster generator sees it: the parts of its Secret that are not confidential. */
export interface Cluster {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    /** URL of the API server, or a placeholder. */
    readonly server: string;
    /** Stack that registers it. */
    readonly stack: string;
}

/** The fields of an ApplicationSet that decide which Applications exist. */
export interface ApplicationSet {
    readonly generators: readonly { readonly clusters?: { readonly selector?: Selector } }[];
    readonly template: object;
    /** Go template of a YAML patch for the template. */
    readonly templatePatch?: string;
}

/** The inputs that decide which Application is on which cluster, at one time. */
export interface Fleet {
    readonly applicationSets: readonly ApplicationSet[];
    readonly clusters: readonly Cluster[];
    /** Environments whose Applications the hub protects from deletion. */
    readonly kept: readonly string[];
}

/** A resource at one time. */
interface Seen {
    readonly stack: string;
    readonly change: Change;
    readonly inputs: Inputs;
}

/** The fleet in the states, and the fleet that the program requests. */
export function fleets(previews: readonly { readonly stack: string; readonly changes: readonly Change[] }[]): {
    readonly before: Fleet;
    readonly after: Fleet;
} {
    const at = (time: "before" | "after"): Fleet => {
        const all = previews.flatMap(({ stack, changes }) =>
            changes.flatMap((change): Seen[] => {
                const inputs = change[time];
                return inputs === undefined ? [] : [{ stack, change, inputs }];
            }),
        );
        const applicationSets = all.filter(({ change }) => change.type.endsWith(":ApplicationSet") && isCustom(change));
        return {
            applicationSets: applicationSets.map(({ inputs }) => inputs.spec as ApplicationSet),
            clusters: clustersOf(all),
            kept: all.flatMap(({ change, inputs }) =>
                change.type.endsWith(":ValidatingAdmissionPolicy") ? keptBy(inputs) : [],
            ),
        };
    };
    return { before: at("before"), after: at("after") };
}

function isCustom({ type }: Change): boolean {
    return type.startsWith("kubernetes:");
}

interface ClusterSecret {
    readonly metadata?: {
        readonly labels?: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
    };
}

/** A cluster's name and address are in its Secret, which is masked; its drain resource has both in plain text. */
interface Drain {
    readonly cluster?: string;
    readonly argoCdName?: string;
    readonly server?: string;
}

function clustersOf(all: readonly Seen[]): Cluster[] {
    return all.flatMap(({ stack, change, inputs }) => {
        const { labels = {}, annotations = {} } = (inputs as ClusterSecret).metadata ?? {};
        if (change.type !== "kubernetes:core/v1:Secret" || labels[secretTypeLabel] !== "cluster") {
            return [];
        }
        const name = clusterOf(change);
        const drain = all
            .filter((other) => other.stack === stack && other.change.type.endsWith("hubspoke:drain"))
            .map((other) => other.inputs as Drain)
            .find(({ cluster }) => cluster === name);
        const server = drain?.server ?? `(API server of ${name})`;
        return [{ name: drain?.argoCdName ?? name, labels, annotations, stack, server }];
    });
}

/** The cluster's name, from the Secret's component: `<cluster>-cluster` on a spoke, the name itself on the hub. */
function clusterOf({ name, urn }: Change): string {
    return name.replace(urn.includes("$hubspoke:index:Spoke$") ? /-cluster-secret$/ : /-secret$/, "");
}

interface AdmissionPolicy {
    readonly spec?: { readonly matchConstraints?: { readonly objectSelector?: Selector } };
}

function keptBy(inputs: Inputs): readonly string[] {
    const expressions = (inputs as AdmissionPolicy).spec?.matchConstraints?.objectSelector?.matchExpressions ?? [];
    return expressions.flatMap(({ key, values }) => (key === "environment" ? (values ?? []) : []));
}

/** Clusters that get an Application of an ApplicationSet. */
export function chosen({ generators }: ApplicationSet, clusters: readonly Cluster[]): readonly Cluster[] {
    const selectors = generators.map((generator) => {
        if (generator.clusters === undefined) {
            throw new Error(`the ApplicationSet has the unknown generator ${Object.keys(generator).join()}`);
        }
        return generator.clusters.selector ?? {};
    });
    return clusters.filter(({ labels }) => selectors.some((selector) => selects(selector, labels)));
}
