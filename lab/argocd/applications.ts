import { z } from "zod";
import { clusterSecrets } from "./clusters";
import { readApplicationObjects } from "./hub";
import type { ArgoCdReach } from "./login";

/** A row of the table of Applications. */
export interface ApplicationRow {
    readonly name: string;
    /** Name of the destination cluster, or its URL if no cluster Secret names it. */
    readonly cluster: string;
    /** Synced, OutOfSync or Unknown. */
    readonly sync: string;
    /** Healthy, Progressing, Degraded, Suspended, Missing or Unknown. */
    readonly health: string;
    /** Commit that the Application was last compared with. */
    readonly revision: string;
    /** Ready and wanted replicas of all its Deployments; undefined when argocd-server cannot tell. */
    readonly replicas?: { readonly ready: number; readonly wanted: number };
    /** Argo CD's error messages. */
    readonly conditions: readonly string[];
}

const application = z.object({
    metadata: z.object({ name: z.string() }),
    spec: z.object({ destination: z.object({ name: z.string().optional(), server: z.string().optional() }) }),
    status: z
        .object({
            sync: z.object({ status: z.string().optional(), revision: z.string().optional() }).optional(),
            health: z.object({ status: z.string().optional() }).optional(),
            conditions: z.array(z.object({ type: z.string(), message: z.string() })).optional(),
        })
        .optional(),
});

const managedResources = z.object({
    items: z.array(z.object({ kind: z.string(), liveState: z.string().optional() })).nullish(),
});

const deployment = z.object({
    spec: z.object({ replicas: z.number().default(1) }),
    status: z.object({ readyReplicas: z.number().optional() }).optional(),
});

/** Every Application in Argo CD's namespace, sorted by name. Replicas come from argocd-server. */
export async function readApplications(argoCd: ArgoCdReach): Promise<ApplicationRow[]> {
    const items = z.array(application).parse(await readApplicationObjects());
    const names = new Map((await clusterSecrets()).map(({ server, name }) => [server, name]));
    const rows = items.map(async ({ metadata, spec: { destination }, status }): Promise<ApplicationRow> => ({
        name: metadata.name,
        cluster: destination.name ?? names.get(destination.server ?? "") ?? destination.server ?? "",
        sync: status?.sync?.status ?? "Unknown",
        health: status?.health?.status ?? "Unknown",
        revision: status?.sync?.revision ?? "",
        replicas: await readReplicas(argoCd, metadata.name),
        conditions: (status?.conditions ?? []).map(({ type, message }) => `${type}: ${message}`),
    }));
    return (await Promise.all(rows)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Sums the Deployments that an Application manages, from Argo CD's cache. Undefined if argocd-server
 * cannot tell: it answers with an error until the controller has filled a Redis that lost its contents.
 */
async function readReplicas(argoCd: ArgoCdReach, name: string): Promise<ApplicationRow["replicas"]> {
    if ("unavailable" in argoCd) {
        return undefined;
    }
    const route = `/api/v1/applications/${encodeURIComponent(name)}/managed-resources`;
    const answer = await argoCd.get(route).catch(() => undefined);
    const live = (managedResources.safeParse(answer).data?.items ?? [])
        .filter(({ kind, liveState }) => kind === "Deployment" && liveState && liveState !== "null")
        .map(({ liveState }) => deployment.parse(JSON.parse(liveState ?? "")));
    const sum = (count: (one: z.infer<typeof deployment>) => number) => live.reduce((all, one) => all + count(one), 0);
    return answer === undefined
        ? undefined
        : { ready: sum((one) => one.status?.readyReplicas ?? 0), wanted: sum((one) => one.spec.replicas) };
}
