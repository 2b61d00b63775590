import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments, parse, stringify } from "yaml";
import type { ClusterName } from "../../../lab/clusters";
import { kubectl } from "../../../lab/kubectl";
import { kubeconfigPath, labDir, projectRoot } from "../../../lab/paths";

/** A kubeconfig whose users may do what some manifests allow, and no more. */
export interface RestrictedKubeconfig {
    readonly file: string;
    /** Takes all of it away again. */
    readonly remove: () => Promise<void>;
}

/** No rights at the beginning: what a stack gives an account is all that it has. */
export const noRights = "";

/**
 * Makes an account on some clusters with the rights of a manifest of docs/rbac each, or with none, and a kubeconfig
 * that holds their tokens alone.
 *
 * @param account name of the accounts, and of their namespaces
 */
export async function restrictedKubeconfig(
    account: string,
    manifests: Partial<Record<ClusterName, string>>,
): Promise<RestrictedKubeconfig> {
    const file = path.join(labDir, `${account}-kubeconfig`);
    const users: { name: string; user: { token: string } }[] = [];
    const applied: [ClusterName, string][] = [];
    for (const [cluster, name] of Object.entries(manifests) as [ClusterName, string][]) {
        const manifest = path.join(labDir, `${account}-${cluster}.yaml`);
        await kubectl(cluster, ["create", "namespace", account]);
        await kubectl(cluster, ["create", "serviceaccount", account, `--namespace=${account}`]);
        if (name !== noRights) {
            fs.writeFileSync(manifest, boundToAccount(name, account));
            await kubectl(cluster, ["apply", `--filename=${manifest}`]);
        }
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
            if (fs.existsSync(manifest)) {
                await kubectl(cluster, ["delete", `--filename=${manifest}`]);
            }
            await kubectl(cluster, ["delete", "namespace", account, "--wait=false"]);
        }
        fs.rmSync(file);
    };
    return { file, remove };
}

/** The committed manifests, with the account in the place of the group. */
function boundToAccount(name: string, account: string): string {
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
