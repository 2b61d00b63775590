import * as path from "node:path";
import type { V1Container, V1PodSpec } from "@kubernetes/client-node";
import { writeFileWhole } from "../processes";
import { argoCdDir } from "./components";
import { requestToken } from "./hub";

/** The kubelet renews a projected token; these are made only when Argo CD is started, so they last for a day. */
const expirationSeconds = 86_400;

/**
 * Writes the ServiceAccount tokens that the kubelet would project into a pod, each into a file of this machine.
 *
 * @returns the folders of this machine, by the path at which the pod has them
 */
export async function projectTokens(
    component: string,
    pod: V1PodSpec,
    container: V1Container,
): Promise<Readonly<Record<string, string>>> {
    const folders: Record<string, string> = {};
    for (const { name, mountPath } of container.volumeMounts ?? []) {
        const sources = pod.volumes?.find((volume) => volume.name === name)?.projected?.sources ?? [];
        for (const { serviceAccountToken } of sources) {
            if (serviceAccountToken !== undefined) {
                folders[mountPath] ??= path.join(argoCdDir, "tokens", component, name);
                const { audience } = serviceAccountToken;
                const audiences = audience === undefined ? [] : [audience];
                const token = await requestToken(pod.serviceAccountName ?? "default", { audiences, expirationSeconds });
                writeFileWhole(path.join(folders[mountPath], serviceAccountToken.path), token, 0o600);
            }
        }
    }
    return folders;
}
