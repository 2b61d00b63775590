import { toBase64 } from "../../clusters/base64";
import type { HubSettings } from "../../settings/hub";
import type { PodSettings } from "../../settings/pods";

/** Secret in Argo CD's namespace with the logins for registries. */
export const registriesSecret = "argocd-registries";

/** Secret in Argo CD's namespace with the values of `pods.secretEnv`. */
export const environmentSecret = "argocd-env";

/**
 * Where the pods go without a proxy: themselves, each other by the names of their Services, the hub's Services and API
 * server (the kubelet puts in its address), and the metadata of a cloud, which gives identities.
 */
const insideTheHub = [
    "localhost",
    "127.0.0.1",
    "::1",
    "argocd-repo-server",
    "argocd-server",
    "argocd-applicationset-controller",
    ".svc",
    ".cluster.local",
    "$(KUBERNETES_SERVICE_HOST)",
    "169.254.0.0/16",
    "fd00:ec2::/32",
    "metadata.google.internal",
];

/** Values of the argo-cd chart for what the settings say of the pods. */
export function podValues(pods: PodSettings, availability: HubSettings["availability"]) {
    const { images, priorityClass: priorityClassName, nodeSelector, tolerations } = pods;
    const pullSecrets = [...pods.pullSecrets, ...(Object.keys(pods.registries).length > 0 ? [registriesSecret] : [])];
    const imagePullSecrets = pullSecrets.map((name) => ({ name }));
    const place = {
        ...(imagePullSecrets.length > 0 && { imagePullSecrets }),
        ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
        ...(tolerations.length > 0 && { tolerations }),
        ...(priorityClassName !== undefined && { priorityClassName }),
    };
    const env = environment(pods);
    return {
        global: { ...imageOf(images.argoCd), ...place, ...(env.length > 0 && { env }) },
        ...(images.redis !== undefined && { redis: imageOf(images.redis) }),
        ...(availability === "ha" && {
            "redis-ha": {
                ...imageOf(images.redis),
                ...place,
                // The proxies of Redis have the nodes and tolerations of Redis.
                haproxy: {
                    ...imageOf(images.haproxy),
                    ...(imagePullSecrets.length > 0 && { imagePullSecrets }),
                    ...(priorityClassName !== undefined && { priorityClassName }),
                },
            },
        }),
    };
}

/** The logins as the kubelet reads them (kubernetes.io/docs, "Pull an Image from a Private Registry"). */
export function dockerConfig(registries: PodSettings["registries"]): string {
    const auths = Object.entries(registries).map(([host, { username, password }]) => [
        host,
        { username, password, auth: toBase64(`${username}:${password}`) },
    ]);
    return JSON.stringify({ auths: Object.fromEntries(auths) as object });
}

function imageOf(repository: string | undefined) {
    return repository === undefined ? {} : { image: { repository } };
}

/** An environment variable of a container. */
type Variable = { name: string } & (
    | { value: string }
    | { valueFrom: { secretKeyRef: { name: string; key: string } } }
);

/** Programs differ in whether they read the proxy's variables in upper or lower case. */
function environment({ env, secretEnv, proxy }: PodSettings): Variable[] {
    const proxied: [string, string][] =
        proxy === undefined
            ? []
            : [
                  ["HTTP_PROXY", proxy.url],
                  ["HTTPS_PROXY", proxy.url],
                  ["NO_PROXY", [...insideTheHub, ...proxy.noProxy].join(",")],
              ];
    const lowerCase = proxied.map(([name, value]): [string, string] => [name.toLowerCase(), value]);
    return [
        ...[...proxied, ...lowerCase, ...Object.entries(env)].map(([name, value]) => ({ name, value })),
        ...Object.keys(secretEnv).map((name) => ({
            name,
            valueFrom: { secretKeyRef: { name: environmentSecret, key: name } },
        })),
    ];
}
