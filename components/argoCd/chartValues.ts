import { tokensVariable } from "./federation";
import type { ArgoCdValues } from "./names";
import { otherSourceValues, submodulesVariable } from "./otherSources";

/** The setting `chart.values`: values of the argo-cd chart that the program does not know, over its own. */

/** A value in a nested map, and its path. */
interface Leaf {
    readonly path: readonly string[];
    readonly value: unknown;
}

const rights = "Argo CD's rights on the hub are for the setting permissions. Remove it, or set that";
const highAvailability = "it belongs to the high availability of Argo CD. Remove it, or set availability, fleet or scale";
const networkPolicies = "the network policies deny what Argo CD does not need. Remove it";
const passwords = "the program makes the passwords, and values are plain text. Remove it";
const login = "who may log in, and as what, is for the setting access. Remove it, or set that";
const names = "the program finds Argo CD's objects by their names. Remove it";
const elsewhere = (setting: string) => `it belongs to the setting ${setting}. Remove it, and set that`;

/** Values that would undo what the program promises, by their paths, with the reason. `*` is any part of a path. */
const guarded: Readonly<Record<string, readonly string[]>> = {
    "it would delete every Application with the release. Remove it": ["crds"],
    [rights]: [
        "createClusterRoles", "createAggregateRoles", "*/clusterRoleRules", "*/roleRules", "repoServer/rbac",
        "*/serviceAccount/create", "*/serviceAccount/name", "*/automountServiceAccountToken",
        "*/serviceAccount/automountServiceAccountToken", "applicationSet/allowAnyNamespace",
        "configs/cm/resource.respectRBAC", "configs/cm/resource.inclusions", "configs/params/application.namespaces",
        "configs/params/applicationsetcontroller.namespaces",
    ],
    [highAvailability]: [
        "*/replicas", "*/autoscaling", "*/pdb", "*/affinity", "*/topologySpreadConstraints", "*/deploymentStrategy",
        "*/hardAntiAffinity", "*/additionalAffinities", "*/podDisruptionBudget",
        "redis/enabled", "redis-ha/enabled",
        "redis-ha/haproxy/replicas", "redis-ha/haproxy/enabled", "redis-ha/haproxy/affinity",
        "redis-ha/haproxy/hardAntiAffinity", "redis-ha/haproxy/additionalAffinities",
        "redis-ha/haproxy/podDisruptionBudget", "redis-ha/haproxy/deploymentStrategy",
        "controller/dynamicClusterDistribution",
    ],
    [networkPolicies]: ["*/networkPolicy", "redis-ha/haproxy/networkPolicy", "*/hostNetwork"],
    [passwords]: [
        "redisSecretInit", "externalRedis", "redis-ha/auth", "redis-ha/authKey", "redis-ha/redisPassword",
        "redis-ha/existingSecret", "configs/secret", "*/certificateSecret", "configs/params/redis.*",
    ],
    [login]: [
        "dex", "configs/rbac", "configs/cm/create", "configs/cm/url", "configs/cm/admin.*", "configs/cm/users.*",
        "configs/cm/accounts.*", "configs/cm/oidc.*", "configs/cm/dex.*", "configs/cm/exec.enabled", "configs/params/create",
        "configs/params/server.disable.auth", "configs/params/server.insecure",
    ],
    [names]: ["nameOverride", "fullnameOverride", "namespaceOverride", "*/name", "configs/cm/application.instanceLabelKey"],
    "objects of yours could undo all this unseen. Remove it, and make them by a chart or stack of their own": [
        "extraObjects",
    ],
    "an environment's stack registers a cluster. Remove it": ["configs/clusterCredentials"],
    [elsewhere("repositories")]: ["configs/repositories", "configs/credentialTemplates"],
    [elsewhere("knownHosts")]: ["configs/ssh"],
    [elsewhere("gitCertificates")]: ["configs/tls"],
    [elsewhere("ingress")]: ["server/ingress", "server/ingressGrpc", "server/httproute", "server/grpcroute", "server/certificate"],
    [elsewhere("alerts.notifications")]: [
        "notifications/enabled", "notifications/secret", "notifications/cm", "notifications/notifiers", "notifications/templates",
        "notifications/triggers", "notifications/subscriptions", "notifications/context",
    ],
    [elsewhere("pods")]: [
        "global/image/repository", "global/imagePullSecrets", "global/nodeSelector", "global/tolerations", "global/env",
        "*/priorityClassName",
    ],
};

/** Lists that the chart appends to its own, so that entries of others do not replace the program's. */
const appended = ["env", "extraEnv", "extraArgs", "volumes", "volumeMounts"];

/** Flags and variables that do the same as guarded values; the program sets the last ones itself. */
const switches = [
    "--disable-auth", "ARGOCD_SERVER_DISABLE_AUTH",
    "--insecure", "ARGOCD_SERVER_INSECURE",
    "--application-namespaces", "ARGOCD_APPLICATION_NAMESPACES",
    "--applicationset-namespaces", "ARGOCD_APPLICATIONSET_CONTROLLER_NAMESPACES",
    "--namespace", "--redis", "REDIS_SERVER", "REDIS_PASSWORD", "ARGOCD_CONTROLLER_REPLICAS",
    "--metrics-cluster-labels", "ARGOCD_K8S_CLIENT_QPS", "ARGOCD_K8S_CLIENT_BURST",
    "ARGOCD_CLUSTER_CACHE_RESYNC_DURATION", tokensVariable, submodulesVariable,
];

/** Values, flags and variables that would undo the check of signatures, where the hub's settings demand it. */
const signatureChecks = { values: ["global/image/tag", "*/image/tag"], switches: ["ARGOCD_GPG_ENABLED"] };

function checksSignatures(own: ArgoCdValues): boolean {
    return isMap(own.configs) && own.configs.gpg !== undefined;
}

/** Whether a flag or variable would undo a guarantee. */
function isSwitch(own: ArgoCdValues, name: string): boolean {
    return switches.includes(name) || (checksSignatures(own) && signatureChecks.switches.includes(name));
}

/** Variables of `pods.env` that would undo a guarantee of the program, whose values these are. */
export function guardedVariables(own: ArgoCdValues, env: Readonly<Record<string, string>>): string[] {
    return Object.keys(env).filter((name) => isSwitch(own, name));
}

/** Every value that is not itself a map, with its path. */
export function leaves(value: unknown, path: readonly string[] = []): Leaf[] {
    return isMap(value)
        ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
        : [{ path, value }];
}

/**
 * Finds values that would undo a guarantee of the program, or replace a value that it sets from its own settings.
 *
 * @param own the program's values
 * @param given the setting `chart.values`
 * @returns a sentence about each, with the setting, the reason and the remedy
 */
export function refusedValues(own: ArgoCdValues, given: ArgoCdValues): string[] {
    return leaves(given).flatMap(({ path, value }) => {
        const reason = reasonAgainst(own, { path, value });
        return reason === undefined ? [] : [`hubspoke:chart.values.${path.join(".")}: ${reason}`];
    });
}

function reasonAgainst(own: ArgoCdValues, { path, value }: Leaf): string | undefined {
    if (value === null) {
        return "is null, which Pulumi leaves out. Remove it";
    }
    const found = Object.entries(guarded).find(([, patterns]) => patterns.some((pattern) => covers(pattern, path)));
    if (found !== undefined) {
        return found[0];
    }
    if (checksSignatures(own) && signatureChecks.values.some((pattern) => covers(pattern, path))) {
        return "the AppProject demands signatures in the form of the chart's own version of Argo CD. Remove it, and set chart.version";
    }
    if (Array.isArray(value) && appended.includes(path.at(-1) ?? "")) {
        const named = value.map((entry) => String(isMap(entry) ? entry.name : entry).replace(/=.*/s, ""));
        const taken = named.find((name) => isSwitch(own, name));
        return taken && `${taken} would undo a guarantee, or the program sets it itself. Remove it`;
    }
    if (!isOwned(own, path)) {
        return undefined;
    }
    return leaves(otherSourceValues()).some((leaf) => leaf.path.join("/") === path.join("/"))
        ? elsewhere("otherSources")
        : "the program sets this from the hub's settings. Remove it, or change that setting";
}

/** Whether a pattern is the path, or the path of a map that contains it. */
function covers(pattern: string, path: readonly string[]): boolean {
    const parts = pattern.split("/");
    return (
        parts.length <= path.length &&
        parts.every((part, index) => {
            const given = path[index] ?? "";
            return part === given || part === "*" || (part.endsWith(".*") && given.startsWith(part.slice(0, -1)));
        })
    );
}

/** Whether the program sets the value, a part of it, or the value that it would be a part of. */
function isOwned(own: unknown, path: readonly string[]): boolean {
    if (own === undefined) {
        return false;
    }
    const [key, ...rest] = path;
    return key === undefined || !isMap(own) ? true : isOwned(own[key], rest);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
