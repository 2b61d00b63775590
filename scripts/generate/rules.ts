/**
 * Prints the RBAC rules that Argo CD needs in the agent's namespace on a spoke: write access to every kind that the
 * chart in helm/ renders with any of its values files, and read access to the resources that those kinds own.
 *
 *     npx tsx scripts/generate/rules.ts > components/account/agentRules.json
 *
 * HELM can give the path of the helm binary; the default is the one on PATH.
 */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";

/** One rule of a Role (rbac.authorization.k8s.io/v1 PolicyRule). */
export interface PolicyRule {
    readonly apiGroups: string[];
    readonly resources: string[];
    readonly verbs: string[];
}

/** The kind of an object, such as `apps/v1` and `Deployment`. */
export interface KindReference {
    readonly apiVersion: string;
    readonly kind: string;
}

/** The agent's chart. */
export const chartFolder = path.resolve(__dirname, "../..", "helm");

/** Oldest version that Chart.yaml allows; a helm binary built from its Go module reports only 1.20. */
const kubeVersion = "1.30.0";

const reading = ["get", "list", "watch"];
const delivering = [...reading, "create", "update", "patch", "delete"];

/**
 * For every kind that the chart may contain: its resource, and the resources that its controllers create (a group and
 * a plural). Endpoints and EndpointSlices are not listed, because Argo CD's `resource.exclusions` exclude them; nor are
 * Secrets, because `list` would show their contents.
 */
const knownKinds: Readonly<Record<string, { resource: string; owns?: string[] }>> = {
    "/ConfigMap": { resource: "configmaps" },
    "/Service": { resource: "services" },
    "/ServiceAccount": { resource: "serviceaccounts" },
    "apps/Deployment": { resource: "deployments", owns: ["apps/replicasets", "/pods"] },
    "autoscaling/HorizontalPodAutoscaler": { resource: "horizontalpodautoscalers" },
    "batch/Job": { resource: "jobs", owns: ["/pods"] },
    "external-secrets.io/ExternalSecret": { resource: "externalsecrets" },
    "gateway.networking.k8s.io/HTTPRoute": { resource: "httproutes" },
    "monitoring.coreos.com/ServiceMonitor": { resource: "servicemonitors" },
    "networking.k8s.io/Ingress": { resource: "ingresses" },
    "networking.k8s.io/NetworkPolicy": { resource: "networkpolicies" },
    "policy/PodDisruptionBudget": { resource: "poddisruptionbudgets" },
};

/** The values files of every environment and those in ci/, relative to the chart, sorted. */
export function valuesFiles(): string[] {
    const environments = readdirSync(chartFolder).filter((name) => /^values-.+\.yaml$/.test(name));
    const others = readdirSync(path.join(chartFolder, "ci")).map((name) => path.join("ci", name));
    return [...environments, ...others].sort();
}

/**
 * Renders the chart like Argo CD, with the release name `agent`.
 *
 * @param helm path or name of the helm binary
 * @param values a values file, relative to the chart
 * @param settings single values that override the file, such as `cluster.name=prod`
 * @throws Error if helm is not found, or with Helm's message if it fails
 */
export async function renderChart(helm: string, values: string, settings: string[] = []): Promise<string> {
    const sets = settings.flatMap((setting) => ["--set", setting]);
    const options = ["--values", path.join(chartFolder, values), "--kube-version", kubeVersion, ...sets];
    return runHelm(helm, ["template", "agent", chartFolder, ...options]);
}

/** Lints the chart with a values file, in strict mode; throws an error with Helm's message if it fails. */
export async function lintChart(helm: string, values: string): Promise<void> {
    const options = ["--strict", "--values", path.join(chartFolder, values), "--kube-version", kubeVersion];
    await runHelm(helm, ["lint", chartFolder, ...options]);
}

async function runHelm(helm: string, args: string[]): Promise<string> {
    try {
        return (await promisify(execFile)(helm, args)).stdout;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            throw new Error(`helm is not found at "${helm}". Add Helm to PATH, or set HELM to its path`);
        }
        throw error;
    }
}

/** The kinds in a rendered chart. */
export function renderedKinds(manifest: string): KindReference[] {
    return parseAllDocuments(manifest).map((document) => document.toJS() as KindReference);
}

/**
 * The rules for an Application with these kinds, ordered by rights, group and resource.
 *
 * @throws Error if this script does not know a kind
 */
export function rulesFor(kinds: Iterable<KindReference>): PolicyRule[] {
    const delivered = new Set<string>();
    const owned = new Set(["/events"]);
    for (const { apiVersion, kind } of kinds) {
        const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
        const known = knownKinds[`${group}/${kind}`];
        if (known === undefined) {
            throw new Error(`The chart contains ${apiVersion} ${kind}, which scripts/generate/rules.ts does not know. ` +
                "Add its resource, and the resources that its controller creates, to knownKinds there");
        }
        delivered.add(`${group}/${known.resource}`);
        known.owns?.forEach((resource) => owned.add(resource));
    }
    return [...byGroup(delivered, delivering), ...byGroup(owned, reading)];
}

/** One rule for each API group. */
function byGroup(resources: ReadonlySet<string>, verbs: string[]): PolicyRule[] {
    const groups = new Map<string, string[]>();
    for (const resource of [...resources].sort()) {
        const slash = resource.indexOf("/");
        const group = resource.slice(0, slash);
        groups.set(group, [...(groups.get(group) ?? []), resource.slice(slash + 1)]);
    }
    return [...groups].map(([group, names]) => ({ apiGroups: [group], resources: names, verbs }));
}

/** The rules for the whole chart: the content of components/account/agentRules.json. */
export async function agentRules(helm: string): Promise<string> {
    const kinds: KindReference[] = [];
    for (const values of valuesFiles()) {
        kinds.push(...renderedKinds(await renderChart(helm, values)));
    }
    return `${JSON.stringify(rulesFor(kinds), null, 4)}\n`;
}

if (require.main === module) {
    agentRules(process.env.HELM ?? "helm").then(
        (rules) => process.stdout.write(rules),
        (error: unknown) => {
            console.error(error instanceof Error ? error.message : error);
            process.exitCode = 1;
        },
    );
}
