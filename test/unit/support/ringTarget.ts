import type { EnvironmentStack } from "../../../scripts/support/stacks";
import { parseSettings } from "../../../settings";
import type { EnvironmentSettings } from "../../../settings/environment";
import { hubApplications } from "./applications";
import type { ObjectStore, StoredObject } from "./objectStore";

/** The settings of an environment with some clusters, all at the revision `old`. */
export function settingsWith(names: readonly string[], more: object = {}) {
    const spoke = (name: string) => ({ context: name, labels: { region: "eu" }, revision: "old" });
    const clusters = Object.fromEntries(names.map((name) => [name, spoke(name)]));
    return { role: "environment", environment: "prod", hub: { context: "hub" }, clusters, ...more };
}

/** The environment with these settings, on a hub. */
export function targetOn(
    hub: ObjectStore,
    settings: ReturnType<typeof settingsWith>,
    shards: EnvironmentStack["shards"] = {},
): EnvironmentStack {
    return {
        ...{ stack: "prod", settings: parseSettings(settings) as EnvironmentSettings, shards, hub: hub.address },
        ...{ namespace: "argocd", applications: hubApplications(), domain: "example.com" },
        rollout: { strategy: "pinned", soak: "1s", protectedEnvironments: [], pinned: [], rolled: [], windowed: [] },
    };
}

/** A cluster's Secret on the hub with its pin, by its path. */
export function registered(name: string, revision = "old"): [path: string, object: StoredObject] {
    const labels = { "argocd.argoproj.io/secret-type": "cluster", "hubspoke/cluster": name };
    const metadata = { name: `cluster-${name}`, labels, annotations: { revision } };
    return [`api/v1/namespaces/argocd/secrets/cluster-${name}`, { metadata, data: {} }];
}

/** The Application of an application on a cluster of prod, by its path: compared with a revision, as it is targeted. */
export function running(
    name: string,
    revision: string,
    { application = "agent", environment = "prod", health = "Healthy" } = {},
): [path: string, object: StoredObject] {
    const labels = { "app.kubernetes.io/name": application, environment };
    const status = { sync: { status: "Synced", revision }, health: { status: health } };
    return [
        `apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${application}-${name}`,
        {
            metadata: { name: `${application}-${name}`, labels },
            spec: { source: { targetRevision: revision } },
            status: { ...status, operationState: { phase: "Succeeded", syncResult: { revision } } },
        },
    ];
}
