import { files, machineEnvironment } from "../../../lab/argocd/components";
import { readState } from "../../../lab/argocd/state";
import { kubectl } from "../../../lab/kubectl";
import { freePorts, startProcess, stopProcess } from "../../../lab/processes";
import { redisProcess } from "../../../lab/redis";
import { toolPath } from "../../../lab/tools";
import { applyByHand } from "../../../lab/apply";

/** Namespace of the other Argo CD on the hub's API server. */
export const otherNamespace = "other-argocd";

const redis = "other-redis";
const controller = "other-application-controller";

/**
 * Runs a second Argo CD, which shares nothing with the lab's own but the hub's API server and the repo server, where
 * manifests are made: its clusters, Applications, settings, Redis and application controller are its own.
 *
 * @returns what takes it away again
 */
export async function startOtherArgoCd(): Promise<() => Promise<void>> {
    const metadata = (name: string) => ({
        name,
        namespace: otherNamespace,
        labels: { "app.kubernetes.io/part-of": "argocd" },
    });
    await applyByHand("hub", [
        { apiVersion: "v1", kind: "Namespace", metadata: { name: otherNamespace } },
        { apiVersion: "v1", kind: "ConfigMap", metadata: metadata("argocd-cm") },
        { apiVersion: "v1", kind: "Secret", metadata: metadata("argocd-secret") },
        {
            apiVersion: "argoproj.io/v1alpha1",
            kind: "AppProject",
            metadata: metadata("default"),
            spec: {
                sourceRepos: ["*"],
                destinations: [{ server: "*", namespace: "*" }],
                clusterResourceWhitelist: [{ group: "*", kind: "*" }],
            },
        },
        ...["argocd-repo-server", "argocd-redis"].map(standIn),
    ]);
    await kubectl("hub", ["wait", "pods", "--all", "--for=condition=Ready", `--namespace=${otherNamespace}`, "--timeout=60s"]);
    const [redisPort = 0, metricsPort = 0] = await freePorts(2);
    const env = { REDIS_PASSWORD: "only-on-loopback", PATH: process.env.PATH ?? "/usr/bin:/bin" };
    await startProcess(await redisProcess(redis, redisPort, env.REDIS_PASSWORD));
    await startProcess({
        name: controller,
        command: toolPath("argocd-application-controller"),
        args: [
            `--namespace=${otherNamespace}`,
            `--metrics-port=${metricsPort}`,
            `--repo-server=127.0.0.1:${readState().ports.repoServer}`,
            "--repo-server-plaintext=true",
            `--redis=127.0.0.1:${redisPort}`,
            "--redis-use-tls=false",
            "--dynamic-cluster-distribution-enabled=false",
        ],
        env: {
            ...{ ...env, ...machineEnvironment, ARGOCD_CONTROLLER_REPLICAS: "1", KUBECACHEDIR: files.kubeCache },
            KUBECONFIG: files.kubeconfig,
        },
        cwd: files.home,
        ports: [metricsPort],
    });
    return async () => {
        await stopProcess(controller);
        await stopProcess(redis);
        await kubectl("hub", ["delete", "namespace", otherNamespace, "--wait=false"]);
    };
}

/** A pod that is Ready, and no more: before it registers a cluster, the `argocd` CLI looks for one of each. */
function standIn(name: string) {
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace: otherNamespace, labels: { "app.kubernetes.io/name": name } },
        spec: { containers: [{ name, image: `registry.invalid/${name}` }] },
    };
}
