import * as fs from "node:fs";
import * as path from "node:path";
import { writeFileWhole } from "../processes";
import { argoCdManifests } from "../tools";
import { files } from "./components";
import { hubKubeconfig, readConfigMap } from "./hub";
import { signingKeys } from "./signingKeys";

/** Scripts of Argo CD's image that the repo server calls; the folder must be on its PATH. */
const wrappers = ["git-verify-wrapper.sh", "gpg-wrapper.sh"];

/**
 * Creates the files that Argo CD's pods have in their image, home and mounted ConfigMaps.
 *
 * @returns the hub's kubeconfig; a change of it must restart the components.
 */
export async function prepareFiles(report: (line: string) => void): Promise<string> {
    for (const folder of Object.values(files).filter((file) => file !== files.kubeconfig)) {
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    await installWrappers(report);
    mirror(files.ssh, (await readConfigMap("argocd-ssh-known-hosts-cm")) ?? {}, ["ssh_known_hosts"]);
    mirror(files.tls, (await readConfigMap("argocd-tls-certs-cm")) ?? {});
    mirror(files.signingKeys, (await readConfigMap(signingKeys)) ?? {});
    const kubeconfig = hubKubeconfig();
    writeFileWhole(files.kubeconfig, kubeconfig, 0o600);
    return kubeconfig;
}

async function installWrappers(report: (line: string) => void): Promise<void> {
    if (wrappers.every((wrapper) => fs.existsSync(path.join(files.bin, wrapper)))) {
        return;
    }
    const hack = path.join(await argoCdManifests(report), "hack");
    for (const wrapper of wrappers) {
        writeFileWhole(path.join(files.bin, wrapper), fs.readFileSync(path.join(hack, wrapper), "utf8"), 0o755);
    }
}

/** Writes a ConfigMap's entries into a folder as files, like a mounted one; files in `always` exist, even empty. */
function mirror(folder: string, entries: Readonly<Record<string, string>>, always: readonly string[] = []): void {
    for (const stale of fs.readdirSync(folder).filter((name) => !(name in entries))) {
        fs.rmSync(path.join(folder, stale), { recursive: true });
    }
    for (const name of new Set([...always, ...Object.keys(entries)])) {
        writeFileWhole(path.join(folder, name), entries[name] ?? "");
    }
}

/**
 * Makes the repo server's folders deletable: it removes all permissions from checkouts that it does not
 * use at the moment (argo-cd `reposerver/repository`).
 */
export function unlockCheckouts(): void {
    const checkouts = path.join(files.tmp, "_argocd-repo");
    if (fs.existsSync(checkouts)) {
        fs.chmodSync(checkouts, 0o700);
        for (const checkout of fs.readdirSync(checkouts)) {
            fs.chmodSync(path.join(checkouts, checkout), 0o700);
        }
    }
}
