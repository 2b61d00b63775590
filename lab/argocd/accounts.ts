import * as fs from "node:fs";
import * as path from "node:path";
import type { V1PodSpec } from "@kubernetes/client-node";
import { writeFileWhole } from "../processes";
import { files } from "./components";
import { hubKubeconfig, mountsToken, requestToken, tokenLifetime } from "./hub";

const tokenSuffix = ".token";

/**
 * What a pod gets to connect to the hub: a kubeconfig with the token of the pod's own ServiceAccount, and so exactly
 * its rights. The token is in a file beside it, which client-go reads again, so that a new one needs no restart.
 *
 * @returns the environment of the process; empty for a pod that mounts no token
 */
export async function podIdentity(pod: V1PodSpec): Promise<Readonly<Record<string, string>>> {
    const account = pod.serviceAccountName ?? "default";
    if (!(pod.automountServiceAccountToken ?? (await mountsToken(account)))) {
        return {};
    }
    const tokenFile = path.join(files.accounts, `${account}${tokenSuffix}`);
    const kubeconfig = path.join(files.accounts, `${account}.kubeconfig`);
    writeFileWhole(tokenFile, await requestToken(account), 0o600);
    writeFileWhole(kubeconfig, hubKubeconfig({ tokenFile }), 0o600);
    return { KUBECONFIG: kubeconfig };
}

/**
 * Whether the tokens of Argo CD's components have more than half of their life before them. They are all renewed at the
 * same time, apart from one of a component that the hub has no more: the newest counts.
 */
export function areTokensFresh(now = Date.now(), folder = files.accounts): boolean {
    const tokens = fs.readdirSync(folder).filter((file) => file.endsWith(tokenSuffix));
    const ages = tokens.map((file) => now - fs.statSync(path.join(folder, file)).mtimeMs);
    return ages.some((age) => age < (tokenLifetime * 1000) / 2);
}
