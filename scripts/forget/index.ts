/**
 * Removes clusters that are lost from the hub and from the state of their stack:
 *
 *     npm run forget -- staging
 *
 * A cluster that answers is never forgotten: `pulumi destroy`, or taking it out of the settings, empties it properly.
 */
import { accountName, allowDeleteAnnotation } from "../../clusters/names";
import { applicationsOf, applicationsPath, isGenerated, namesOf } from "../../clusters/applications";
import { waitFor } from "../../clusters/wait";
import { findCluster } from "../../clusters/kubeconfig";
import { change, get } from "../../clusters/request";
import { main, say } from "../support/main";
import { pulumi } from "../support/pulumi";
import { type EnvironmentStack, environmentStack } from "../support/stacks";
import { nameOf, readState, type State, withoutSubtrees, writeState } from "../support/state";

/** Limit for Applications without finalizers to go, in milliseconds. */
const limitMs = 60_000;

const spokeType = "hubspoke:index:Spoke";

interface Lost {
    readonly cluster: string;
    /** Name of the cluster Secret, where it was made. */
    readonly secret: string | undefined;
    readonly server: string;
    /** Paths on the hub of what tells its Prometheus to watch the cluster. */
    readonly watch: readonly string[];
}

/** Kinds of those objects, by their type in the state: their API and their plural. */
const watchKinds: Readonly<Record<string, readonly [api: string, plural: string]>> = {
    "kubernetes:core/v1:ConfigMap": ["api/v1", "configmaps"],
    "kubernetes:monitoring.coreos.com/v1:Probe": ["apis/monitoring.coreos.com/v1", "probes"],
    "kubernetes:monitoring.coreos.com/v1:PrometheusRule": ["apis/monitoring.coreos.com/v1", "prometheusrules"],
};

async function forget(stack: string): Promise<void> {
    const environment = await environmentStack(stack);
    const state = await readState(stack);
    const spokes = (state.deployment.resources ?? []).filter(({ type }) => type === spokeType);
    const clusters = spokes.map(({ urn }) => nameOf(urn));
    const lost: string[] = [];
    for (const cluster of clusters) {
        if (await answers(environment, cluster)) {
            say(`${stack}: ${cluster} answers, and is kept`);
        } else {
            lost.push(cluster);
        }
    }
    if (lost.length === 0) {
        throw new Error(`${stack}: no cluster of this stack is lost. Use pulumi destroy --stack ${stack}`);
    }
    for (const cluster of lost) {
        await cleanHub(environment, registrationOf(state, environment, cluster));
    }
    const isLost = ({ type, urn }: { type: string; urn: string }) => type === spokeType && lost.includes(nameOf(urn));
    await writeState(stack, withoutSubtrees(state, isLost));
    if (lost.length === clusters.length) {
        await pulumi(stack, ["destroy", "--yes", "--skip-preview"]);
        say(`${stack}: the stack is empty`);
    } else {
        say(`${stack}: remove clusters.${lost.join(", clusters.")} from its stack file before the next pulumi up`);
    }
    for (const cluster of lost) {
        say(whatIsLeft(environment, cluster));
    }
}

async function answers({ settings }: EnvironmentStack, cluster: string): Promise<boolean> {
    const access = settings.clusters[cluster];
    if (access === undefined) {
        throw new Error(
            `hubspoke:clusters.${cluster}: is in the state and not in the settings, so nobody can tell whether it ` +
                "is lost. Put it back into the stack file, and forget again",
        );
    }
    try {
        await get(await findCluster(`clusters.${cluster}`, access), "version");
        return true;
    } catch (error) {
        // Who is refused speaks to a cluster that lives.
        if (/refuses these credentials/.test((error as Error).message)) {
            throw error;
        }
        return false;
    }
}

/** What the state knows of a cluster's registration. */
function registrationOf(state: State, { settings, namespace }: EnvironmentStack, cluster: string): Lost {
    const resources = state.deployment.resources ?? [];
    const secret = resources.find(({ urn }) => nameOf(urn) === `${cluster}-cluster-secret`);
    const { name } = (secret?.outputs?.metadata ?? {}) as { name?: string };
    const drain = resources.find(({ urn }) => nameOf(urn) === `${cluster}-drain`);
    const { server } = (drain?.outputs ?? {}) as { server?: string };
    const watch = resources.flatMap(({ type, parent, outputs }) => {
        const kind = watchKinds[type];
        if (kind === undefined || nameOf(parent ?? "") !== `${cluster}-probes`) {
            return [];
        }
        const object = (outputs?.metadata ?? {}) as { name?: string };
        return [`${kind[0]}/namespaces/${namespace}/${kind[1]}/${object.name}`];
    });
    return { cluster, secret: name, server: server ?? settings.clusters[cluster]?.server ?? "", watch };
}

/** Takes the registration away, and the Applications with it, whose finalizers nobody could fulfil. */
async function cleanHub({ hub, namespace, stack }: EnvironmentStack, lost: Lost): Promise<void> {
    const secretPath = `api/v1/namespaces/${namespace}/secrets/${lost.secret}`;
    const ofCluster = async () => {
        const all = await applicationsOf(hub, namespace, lost);
        return all.filter(isGenerated);
    };
    if (lost.secret !== undefined) {
        await change(hub, secretPath, { method: "PATCH", body: { metadata: { labels: { deploy: null } } } });
    }
    await waitFor(`the Applications of ${lost.cluster} to go`, async () => {
        const left = await ofCluster();
        for (const { metadata } of left) {
            await release(`${applicationsPath(namespace)}/${metadata.name}`, metadata.deletionTimestamp !== undefined);
        }
        return left.length === 0 ? { done: undefined } : { seen: namesOf(left) };
    }, { timeoutMs: limitMs });
    for (const { metadata } of await applicationsOf(hub, namespace, lost)) {
        say(`${stack}: Application ${metadata.name} was made by other means, and still names ${lost.cluster}`);
    }
    for (const path of lost.watch) {
        await change(hub, path, { method: "DELETE" });
    }
    if (lost.secret !== undefined && (await change(hub, secretPath, { method: "DELETE" }))) {
        say(`${stack}: the hub has forgotten ${lost.cluster} (Secret ${lost.secret})`);
    }

    async function release(path: string, deleting: boolean): Promise<void> {
        const metadata = { finalizers: null, annotations: { [allowDeleteAnnotation]: "true" } };
        await change(hub, path, { method: "PATCH", body: { metadata } });
        if (!deleting) {
            await change(hub, path, { method: "DELETE" });
        }
    }
}

function whatIsLeft({ settings, agentNamespace }: EnvironmentStack, cluster: string): string {
    const context = settings.clusters[cluster]?.context;
    const flag = context === undefined ? "" : `--context ${context} `;
    return (
        `If ${cluster} ever comes back, the agent and Argo CD's account are still on it, and its token is valid. ` +
        `Remove them there: kubectl ${flag}delete namespace ${accountName} ${agentNamespace}` +
        (settings.clusters[cluster]?.permissions.scope === "cluster"
            ? `; kubectl ${flag}delete clusterrole,clusterrolebinding ${accountName} --ignore-not-found`
            : "")
    );
}

main(async ([stack, ...more]) => {
    if (stack === undefined || more.length > 0) {
        throw new Error("Name a stack: npm run forget -- staging");
    }
    await forget(stack);
});
