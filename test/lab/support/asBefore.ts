import { kubectl } from "../../../lab/kubectl";
import { getObject } from "./lab";

/**
 * Gives cluster Secrets the form that earlier versions wrote, and restores them: a project, and no list of namespaces.
 * For such a cluster Argo CD itself adds each of its namespaces to the project (`GetAppProjectByName`).
 */
export async function withProjectAlone(secrets: readonly string[], work: () => Promise<void>): Promise<void> {
    const before = await Promise.all(secrets.map((secret) => getObject("hub", "argocd", "secret", secret)));
    const encoded = (text: string) => Buffer.from(text).toString("base64");
    const patch = (secret: string, data: object) => {
        const change = `--patch=${JSON.stringify({ data })}`;
        return kubectl("hub", ["patch", "secret", secret, "--namespace=argocd", "--type=merge", change]);
    };
    try {
        await Promise.all(secrets.map((secret) => patch(secret, { namespaces: null, clusterResources: null, project: encoded("agent") })));
        await work();
    } finally {
        await Promise.all(
            before.map(({ metadata: { name }, data = {} }) => {
                const { namespaces, clusterResources, project = null } = data;
                return patch(name, { namespaces, clusterResources, project });
            }),
        );
    }
}

/** Gives the controller on the hub what the chart gives it by default. */
export async function asClusterAdmin(work: () => Promise<void>): Promise<void> {
    const subject = "--serviceaccount=argocd:argocd-application-controller";
    await kubectl("hub", ["create", "clusterrolebinding", "as-before", "--clusterrole=cluster-admin", subject]);
    try {
        await work();
    } finally {
        await kubectl("hub", ["delete", "clusterrolebinding", "as-before"]);
    }
}

/** Opens the AppProject `default` by hand, in the way in which argocd-server creates it. */
export async function openDefaultProject(): Promise<void> {
    const spec = {
        sourceRepos: ["*"],
        destinations: [{ server: "*", namespace: "*" }],
        clusterResourceWhitelist: [{ group: "*", kind: "*" }],
        namespaceResourceBlacklist: null,
    };
    const change = `--patch=${JSON.stringify({ spec })}`;
    await kubectl("hub", ["patch", "appproject", "default", "--namespace=argocd", "--type=merge", change]);
}

/** Does the work with an open AppProject `default`, and locks it again as it was. */
export async function withOpenDefaultProject(work: () => Promise<void>): Promise<void> {
    await openDefaultProject();
    try {
        await work();
    } finally {
        const spec = {
            ...{ sourceRepos: [], destinations: [], clusterResourceWhitelist: [] },
            namespaceResourceBlacklist: [{ group: "*", kind: "*" }],
        };
        const change = `--patch=${JSON.stringify({ spec })}`;
        await kubectl("hub", ["patch", "appproject", "default", "--namespace=argocd", "--type=merge", change]);
    }
}
