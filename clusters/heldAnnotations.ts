import type { ClusterAddress } from "./kubeconfig";
import { ask, get } from "./request";

/** Field managers of the commands that annotate cluster Secrets (Kubernetes, "Server-Side Apply"). */
export const holders = {
    quarantine: "hubspoke-quarantine",
    receiver: "hubspoke-failover-receiver",
} as const;

/** One of {@link holders}. */
export type Holder = (typeof holders)[keyof typeof holders];

/**
 * Makes these the only annotations of a Secret that a holder has. A stack, a command and a person can hold the same
 * annotation at the same time: it stays on the Secret until the last of them gives it up.
 *
 * @param path API path of the Secret
 * @param annotations none to give up all
 * @throws Error like `get`; also if the Secret does not exist, which is never created
 */
export async function holdAnnotations(
    hub: ClusterAddress,
    path: string,
    holder: Holder,
    annotations: Readonly<Record<string, string>>,
): Promise<void> {
    const { metadata } = await get<{ metadata: { name: string; uid: string } }>(hub, path);
    const { name, uid } = metadata;
    const { status, body } = await ask(hub, `${path}?fieldManager=${holder}&force=true`, {
        method: "PATCH",
        type: "application/apply-patch+yaml",
        // With the UID, a Secret that is gone meanwhile is not created.
        body: { apiVersion: "v1", kind: "Secret", metadata: { name, uid, annotations } },
    });
    if (status !== 200) {
        const { message = "" } = JSON.parse(body) as { message?: string };
        throw new Error(
            `hubspoke:${hub.setting}: the API server ${hub.server} answers ${status} to the annotations of ${name}: ` +
                `${message}. Give this identity the right to patch Secrets (docs/recovery.md), and try again`,
        );
    }
}
