import { stringify } from "yaml";
import type { Application } from "../../../clusters/applications";
import { agentRepositoryUrl, writeAgentFile } from "../../../lab/argocd";
import { applyByHand } from "../../../lab/apply";
import type { ClusterName } from "../../../lab/clusters";
import { kubectl } from "../../../lab/kubectl";
import { waitFor } from "../../../lab/processes";

/** Name of everything that an attack makes. */
export const thief = "thief";

/** An object that a hostile chart contains, and the cluster on which it is to be. */
export interface Loot {
    readonly cluster: ClusterName;
    readonly namespace: string;
    readonly kind: "pod" | "configmap";
}

/** A pod in Argo CD's namespace, which may use any account there. */
export const besideArgoCd: Loot = { cluster: "hub", namespace: "argocd", kind: "pod" };

/** An Application that is to place the loot. */
export interface Attack {
    readonly loot: Loot;
    readonly project: string;
    /** The cluster's name in Argo CD, and the namespace that the Application names. */
    readonly destination: { readonly name: string; readonly namespace: string };
    /** Namespace of the Argo CD that is to serve it. */
    readonly argoCd?: string;
}

/** How Argo CD answered an attack. */
export interface Answer {
    readonly placed: boolean;
    /** What Argo CD said of it. */
    readonly refused?: string;
}

/** Pushes the hostile charts into the agent's repository: a pod that runs as Argo CD's controller, and a ConfigMap. */
export async function pushHostileCharts(): Promise<void> {
    const metadata = (namespace: string) => ({ name: thief, namespace });
    const pod = (namespace: string, serviceAccountName: string) => ({
        apiVersion: "v1",
        kind: "Pod",
        metadata: metadata(namespace),
        spec: {
            serviceAccountName,
            containers: [{ name: thief, image: `registry.invalid/${thief}` }],
        },
    });
    const configMap = (namespace: string) => ({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: metadata(namespace),
    });
    const charts = {
        argocd: pod("argocd", "argocd-application-controller"),
        // The other Argo CD runs without accounts of its own.
        "other-argocd": pod("other-argocd", "default"),
        default: configMap("default"),
        agent: configMap("agent"),
    };
    for (const [folder, object] of Object.entries(charts)) {
        await writeAgentFile(`attack/${folder}/object.yaml`, stringify(object));
    }
}

/** Tries an attack, and takes away what it has made. */
export async function attempt(attack: Attack): Promise<Answer> {
    const { loot, project, destination, argoCd = "argocd" } = attack;
    const path = `attack/${loot.namespace}`;
    const application = {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Application",
        metadata: { name: thief, namespace: argoCd },
        spec: {
            project,
            source: { repoURL: agentRepositoryUrl(), path, targetRevision: "main" },
            destination,
            syncPolicy: { automated: { prune: true } },
        },
    };
    await applyByHand("hub", [application]);
    try {
        return await waitFor<Answer>(
            `Argo CD in ${argoCd} to answer the Application ${thief}`,
            async () => {
                if (await exists(loot)) {
                    return { done: { placed: true } };
                }
                const { seen, refused } = complaints(await read(argoCd));
                return refused === undefined ? { seen } : { done: { placed: false, refused } };
            },
            { timeoutMs: 120_000, intervalMs: 500 },
        );
    } finally {
        await kubectl("hub", ["delete", "application", thief, `--namespace=${argoCd}`, "--timeout=30s"]);
        await kubectl(loot.cluster, ["delete", loot.kind, thief, `--namespace=${loot.namespace}`, ...now]);
    }
}

const now = ["--ignore-not-found", "--grace-period=0", "--force"];

async function exists({ cluster, namespace, kind }: Loot): Promise<boolean> {
    const found = ["get", kind, thief, `--namespace=${namespace}`, "--ignore-not-found", "--output=name"];
    return (await kubectl(cluster, found)).trim() !== "";
}

async function read(namespace: string): Promise<Application> {
    const json = await kubectl("hub", ["get", "application", thief, `--namespace=${namespace}`, "--output=json"]);
    return JSON.parse(json) as Application;
}

/** Words by which Argo CD or an API server refuses, and no failure of the lab. */
const refusals = /not permitted|not managed|do not match any of the allowed destinations|forbidden/i;

/** All that Argo CD says of the Application, and what of it is a refusal. */
function complaints({ status }: Application): { seen: string; refused: string | undefined } {
    const { conditions = [], operationState } = status ?? {};
    const texts = [...conditions.map(({ message }) => message), operationState?.message ?? ""];
    return { seen: texts.join("; "), refused: texts.find((text) => refusals.test(text)) };
}
