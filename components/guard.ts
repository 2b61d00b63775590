import type * as https from "node:https";
import type * as client from "@kubernetes/client-node";
import * as dynamic from "@pulumi/pulumi/dynamic";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../settings";

/** What the guard keeps in its state, to find the hub when it is destroyed. */
export interface GuardInputs {
    readonly context: string | undefined;
    readonly kubeconfig: string | undefined;
    readonly namespace: string;
    /** The hub's own stack, whose registration of the hub itself goes with it. */
    readonly stack: string;
    /** As `stackAnnotation`, which says who registered a cluster. */
    readonly annotation: string;
}

/** What a list of Secrets shows of a cluster. */
interface SecretList {
    readonly items: readonly {
        readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
        readonly data?: Readonly<Record<string, string>>;
    }[];
}

export interface GuardArgs {
    readonly cluster: ClusterAccess;
    readonly namespace: pulumi.Input<string>;
    readonly stack: string;
    readonly annotation: string;
}

/**
 * Refuses that the hub is destroyed while clusters are registered, whose agents would all go with it.
 *
 * `pulumi destroy` does not run the program, but it runs a dynamic resource's delete. Given all of the hub as
 * dependencies, the guard is deleted first, and when it refuses, nothing else is touched. Its code is kept in the state
 * as it was when the hub was made (`ignoreChanges`): a change would replace it, and so delete it.
 */
export class Guard extends dynamic.Resource {
    constructor(name: string, { cluster, ...rest }: GuardArgs, opts: pulumi.CustomResourceOptions) {
        const { context } = cluster;
        const kubeconfig = cluster.kubeconfig === undefined ? undefined : pulumi.secret(cluster.kubeconfig);
        super(guardProvider, name, { context, kubeconfig, ...rest }, { ...opts, ignoreChanges: ["__provider"] });
    }
}

/**
 * The guard's operations. They run in a process of their own, from their source in the stack's state: they may use
 * nothing of this module but plain functions, and load what they need themselves.
 */
export const guardProvider: dynamic.ResourceProvider<GuardInputs, GuardInputs> = {
    create: (inputs) => Promise.resolve({ id: "guard", outs: inputs }),
    diff: (_id, olds, news) => {
        const same = JSON.stringify(Object.entries(olds).sort()) === JSON.stringify(Object.entries(news).sort());
        return Promise.resolve({ changes: !same });
    },
    update: (_id, _olds, news) => Promise.resolve({ outs: news }),
    delete: async (_id, { context, kubeconfig, namespace, stack, annotation }) => {
        /* eslint-disable @typescript-eslint/no-require-imports -- an import would be bound to this module */
        const { KubeConfig } = require("@kubernetes/client-node") as typeof client;
        const { request } = require("node:https") as typeof https;
        /* eslint-enable @typescript-eslint/no-require-imports */
        const hub = new KubeConfig();
        if (kubeconfig === undefined) {
            hub.loadFromDefault();
        } else {
            hub.loadFromString(kubeconfig);
        }
        hub.setCurrentContext(context ?? hub.getCurrentContext());
        const options: https.RequestOptions = { timeout: 10_000 };
        await hub.applyToHTTPSOptions(options);
        const selector = encodeURIComponent("argocd.argoproj.io/secret-type=cluster");
        const server = (hub.getCurrentCluster()?.server ?? "").replace(/\/$/, "");
        const url = `${server}/api/v1/namespaces/${namespace}/secrets?labelSelector=${selector}`;
        const list = await new Promise<SecretList>((resolve, reject) => {
            const asked = request(url, options, (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("error", reject);
                response.on("end", () => {
                    if (response.statusCode !== 200) {
                        reject(new Error(`it answers ${response.statusCode}`));
                        return;
                    }
                    resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")) as SecretList);
                });
            });
            asked.on("timeout", () => asked.destroy(new Error("no answer in 10 seconds")));
            asked.on("error", reject);
            asked.end();
        }).catch((error: Error) => {
            throw new Error(
                `cannot ask the hub ${server} which clusters are registered, so nothing is destroyed: ${error.message}. ` +
                    "If the hub is gone for good, forget this check first: pulumi state delete URN, with the URN above",
            );
        });
        const clusters = list.items
            .filter(({ metadata }) => metadata.annotations?.[annotation] !== stack)
            .map(({ metadata, data = {} }) => {
                const by = metadata.annotations?.[annotation];
                const cluster = Buffer.from(data.name ?? "", "base64").toString("utf8");
                return `${cluster} (${by === undefined ? `Secret ${metadata.name}, made by other means` : `stack ${by}`})`;
            });
        if (clusters.length > 0) {
            throw new Error(
                `the hub is not destroyed, since ${clusters.length} clusters are registered, and their agents would go ` +
                    `with it: ${clusters.join(", ")}. Destroy those stacks first, or remove those Secrets from the ` +
                    `hub's namespace ${namespace}`,
            );
        }
    },
};
