import { partOfArgoCd } from "../../clusters/names";
import type { HubSettings } from "../../settings/hub";
import type { ArgoCdValues } from "./names";
import type { Scale } from "./scale";

/**
 * Priority class of all components of Argo CD. It is separate because some clouds reserve `system-cluster-critical` for
 * kube-system (Google Kubernetes Engine, by a quota).
 */
export const priorityClass = "argocd";

/**
 * Spreads the pods of a component evenly over the hosts: this allows more controllers than hosts, unlike a required
 * anti-affinity. Different zones are only preferred: a hub in one zone, or with unlabelled nodes, must still start. A
 * drained host does not count (`nodeTaintsPolicy`).
 */
const spread = [
    {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "DoNotSchedule",
        nodeTaintsPolicy: "Honor",
    },
    { maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
];

/** All pods of the argo-cd chart, except those of its redis-ha subchart, which do not have this label. */
const ofArgoCd = { matchLabels: partOfArgoCd };

/** One pod of a component may be unavailable at a time, during a drain or a rollout. */
const oneAway = { enabled: true, maxUnavailable: 1 };

/** A new pod is ready before an old one is deleted, so that a rollout never stops the last replica. */
const rollingUpdate = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };

/**
 * The chart requires the proxies of Redis to run on three different hosts. On a hub with three hosts, a new pod cannot
 * start until an old one is deleted, so an old one is deleted first; two serve in the meantime.
 */
const oneGoesFirst = { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } };

/** Requests and limits; only memory is limited, because CPU throttling delays a controller (docs/scale.md). */
function resources(cpu: string, memory: string, memoryLimit: string) {
    return { requests: { cpu, memory }, limits: { memory: memoryLimit } };
}

/** For containers that run a script of the chart. */
const script = resources("10m", "32Mi", "64Mi");

/**
 * Replicas, disruption limits and placement of every component.
 *
 * The chart's templates fix notifications and dex at one replica; a restart of either interrupts no service to users.
 * Dex is not used, and is off (see signOn.ts).
 *
 * @param scale the number of application controllers, and the resources of each
 */
export function availabilityValues(availability: HubSettings["availability"], scale: Scale): ArgoCdValues {
    switch (availability) {
        case "single":
            return { controller: { replicas: scale.shards } };
        case "ha":
            return {
                global: {
                    affinity: { podAntiAffinity: "soft" },
                    topologySpreadConstraints: spread,
                    deploymentStrategy: rollingUpdate,
                    priorityClassName: priorityClass,
                },
                controller: {
                    replicas: Math.max(2, scale.shards),
                    pdb: oneAway,
                    resources: resources(scale.controllerCpu, scale.controllerMemory, scale.controllerMemoryLimit),
                },
                server: {
                    autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 5 },
                    pdb: oneAway,
                    resources: resources("100m", "256Mi", "1Gi"),
                },
                repoServer: {
                    autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 5 },
                    pdb: oneAway,
                    resources: resources("250m", "512Mi", "2Gi"),
                },
                applicationSet: { replicas: 2, pdb: oneAway, resources: resources("100m", "256Mi", "1Gi") },
                notifications: { resources: resources("50m", "128Mi", "512Mi") },
                "redis-ha": {
                    enabled: true,
                    podDisruptionBudget: { maxUnavailable: 1 },
                    topologySpreadConstraints: { enabled: true },
                    priorityClassName: priorityClass,
                    init: { resources: script },
                    splitBrainDetection: { resources: script },
                    redis: { resources: resources("100m", "256Mi", "1Gi") },
                    sentinel: { resources: resources("50m", "64Mi", "128Mi") },
                    // The namespace denies all ingress by default; these policies let Argo CD's pods reach Redis.
                    networkPolicy: { enabled: true },
                    haproxy: {
                        deploymentStrategy: oneGoesFirst,
                        init: { resources: script },
                        networkPolicy: { enabled: true, ingressRules: [{ selectors: [{ podSelector: ofArgoCd }] }] },
                        podDisruptionBudget: { maxUnavailable: 1 },
                        priorityClassName: priorityClass,
                        resources: resources("50m", "64Mi", "256Mi"),
                    },
                },
            };
    }
}
