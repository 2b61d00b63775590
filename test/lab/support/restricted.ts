import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments, parse, stringify } from "yaml";
import type { ClusterName } from "../../../lab/clusters";
import { kubectl } from "../../../lab/kubectl";
import { kubeconfigPath, labDir, projectRoot } from "../../../lab/paths";

/** Namespace and name of an account that has what docs/rbac gives, and no more. */
const account = "ci";

/**
 * Makes an account on the hub and on a spoke with the rights of docs/rbac, and a kubeconfig that holds their tokens
 * alone.
 *
 * @returns the kubeconfig's path, and what takes all of it away again
 */
export async function restrictedKubeconfig(spoke: ClusterName): Promise<{ file: string; remove: () => Promise<void> }> {
    const file = path.join(labDir, "restricted-kubeconfig");
    const manifests = { hub: "hub.yaml", [spoke]: "spoke.yaml" };
    const users: { name: string; user: { token: string } }[] = [];
    const applied: [ClusterName, string][] = [];
    for (const [cluster, name] of Object.entries(manifests) as [ClusterName, string][]) {
        const manifest = path.join(labDir, `restricted-${name}`);
        fs.writeFileSync(manifest, boundToAccount(name));
        await kubectl(cluster, ["create", "namespace", account]);
        await kubectl(cluster, ["create", "serviceaccount", account, `--namespace=${account}`]);
        await kubectl(cluster, ["apply", `--filename=${manifest}`]);
        applied.push([cluster, manifest]);
        const token = await kubectl(cluster, ["create", "token", account, `--namespace=${account}`]);
        users.push({ name: cluster, user: { token: token.trim() } });
    }
    const whole = parse(fs.readFileSync(kubeconfigPath, "utf8")) as Record<string, unknown> & {
        contexts: { name: string; context: { user: string; cluster: string } }[];
    };
    const contexts = whole.contexts
        .filter(({ name }) => name in manifests)
        .map(({ name, context }) => ({ name, context: { ...context, user: name } }));
    fs.writeFileSync(file, stringify({ ...whole, contexts, users }), { mode: 0o600 });
    const remove = async () => {
        for (const [cluster, manifest] of applied) {
            await kubectl(cluster, ["delete", `--filename=${manifest}`]);
            await kubectl(cluster, ["delete", "namespace", account, "--wait=false"]);
        }
        fs.rmSync(file);
    };
    return { file, remove };
}

/** The committed manifests, with the account in the place of the group. */
function boundToAccount(name: string): string {
    const text = fs.readFileSync(path.join(projectRoot, "docs", "rbac", name), "utf8");
    const documents = parseAllDocuments(text).map((document) => document.toJS() as Record<string, unknown>);
    return documents
        .map((document) =>
            stringify(
                "subjects" in document
                    ? { ...document, subjects: [{ kind: "ServiceAccount", name: account, namespace: account }] }
                    : document,
            ),
        )
        .join("---\n");
}
