import { partOfArgoCd } from "../../clusters/names";
import type { HubSettings } from "../../settings/hub";
import type { ArgoCdValues } from "./names";
import type { Scale } from "./scale";

/**
 * Priority class of all of Argo CD. Its own, since some clouds keep `system-cluster-critical` to kube-system
 * (Google Kubernetes Engine, by a quota).
 */
export const priorityClass = "argocd";

/**
 * Pods of a component go to different hosts, as evenly as there are hosts: that allows more controllers than hosts,
 * which an anti-affinity that is required would not. Different zones are a wish: a hub in one zone, or with unlabelled
 * nodes, must still be able to start. A drained host does not count (`nodeTaintsPolicy`).
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

/** All pods of the argo-cd chart itself; those of its redis-ha subchart lack this label. */
const ofArgoCd = { matchLabels: partOfArgoCd };

/** One pod of a component may be away at a time, be it by a drain or by a roll-out. */
const oneAway = { enabled: true, maxUnavailable: 1 };

/** A new pod is ready before an old one goes, so that a roll-out never takes the last replica. */
const rollingUpdate = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };

/**
 * The proxies of Redis stand on three different hosts, which the chart requires. On a hub with three hosts a new one
 * finds no place until an old one goes, so one goes first; two serve meanwhile.
 */
const oneGoesFirst = { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } };

/** Requests and limits; memory is limited, CPU is not, since throttling makes a controller late (docs/scale.md). */
function resources(cpu: string, memory: string, memoryLimit: string) {
    return { requests: { cpu, memory }, limits: { memory: memoryLimit } };
}

/** For containers that run a script of the chart. */
const script = resources("10m", "32Mi", "64Mi");

/**
 * Replicas, disruption limits and placement of every component.
 *
 * Notifications and dex are fixed at one replica by the chart's templates; nothing that users see stops while one
 * restarts. With dex unused, it is off (see access.ts).
 *
 * @param scale how many application controllers there are, and what each may use
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
                    // The namespace denies all ingress by default; these let Argo CD's pods reach Redis.
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
