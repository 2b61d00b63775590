import { z } from "zod";
import { readClusterSecrets } from "./hub";
import type { ArgoCdReach } from "./login";

/** A row of the table of clusters. */
export interface ClusterRow {
    readonly name: string;
    readonly server: string;
    readonly environment: string;
    /** Labels of the cluster Secret, without Argo CD's own. */
    readonly labels: Readonly<Record<string, string>>;
    /** Creation time of the token in the Secret; undefined without a token. */
    readonly credentialSince: Date | undefined;
    /** Successful, Failed or Unknown, or the reason why argocd-server does not know. */
    readonly connection: string;
    /** Kubernetes version, if Argo CD knows it. */
    readonly version: string;
}

const clusterList = z.object({
    items: z
        .array(
            z.object({
                server: z.string(),
                info: z.object({
                    serverVersion: z.string().optional(),
                    connectionState: z.object({ status: z.string(), message: z.string().optional() }).optional(),
                }),
            }),
        )
        .nullish(),
});

/** Every cluster Secret in Argo CD's namespace, sorted by name. Connection and version come from argocd-server. */
export async function readClusters(argoCd: ArgoCdReach): Promise<ClusterRow[]> {
    const [secrets, seen] = await Promise.all([clusterSecrets(), connections(argoCd)]);
    const rows = secrets.map(({ name, server, labels, credentialSince }): ClusterRow => {
        const info = typeof seen === "string" ? undefined : seen.get(server);
        const why = typeof seen === "string" ? seen : "not known to argocd-server";
        return {
            name,
            server,
            environment: labels.environment ?? "",
            labels,
            credentialSince,
            connection: info?.connectionState?.status ?? why,
            version: info?.serverVersion ?? "",
        };
    });
    return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
}

type ClusterInfo = NonNullable<z.infer<typeof clusterList>["items"]>[number]["info"];

/** argocd-server's facts about the clusters, by server; or the reason why there are none. */
async function connections(argoCd: ArgoCdReach): Promise<Map<string, ClusterInfo> | string> {
    if ("unavailable" in argoCd) {
        return argoCd.unavailable;
    }
    try {
        const { items } = clusterList.parse(await argoCd.get("/api/v1/clusters"));
        return new Map((items ?? []).map(({ server, info }) => [server, info]));
    } catch (error) {
        return (error as Error).message;
    }
}

/** The contents of the cluster Secrets, without Argo CD's own labels. */
export async function clusterSecrets(): Promise<Omit<ClusterRow, "environment" | "connection" | "version">[]> {
    return (await readClusterSecrets()).map(({ entries, labels, annotations }) => {
        const others = Object.entries(labels).filter(([key]) => key !== "argocd.argoproj.io/secret-type");
        const since = annotations["hubspoke/credential-since"];
        return {
            name: entries.name ?? "",
            server: entries.server ?? "",
            labels: Object.fromEntries(others),
            credentialSince: since === undefined ? undefined : new Date(since),
        };
    });
}
