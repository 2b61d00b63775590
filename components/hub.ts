import * as pulumi from "@pulumi/pulumi";
import { argoCdNamespace } from "../clusters/names";
import { inClusterName } from "../settings/environment";
import type { HubSettings } from "../settings/hub";
import { AgentApplicationSet } from "./agent/applicationSet";
import { AgentProject } from "./agent/project";
import { Alerts } from "./watch/watch";
import { ApplicationProtection } from "./agent/protection";
import { ArgoCd } from "./argoCd/release";
import { ClusterSecret } from "./account/clusterSecret";
import { Entrance } from "./argoCd/entrance";
import { Guard } from "./argoCd/guard";
import { PreviewAccess } from "./account/previewers";
import { isProtected } from "./support/protection";
import { clusterProvider } from "./support/provider";
import { Repository } from "./argoCd/repository";
import { Traffic } from "./traffic/traffic";
import { argoCdHost } from "./argoCd/values";
import { type ProbePlan, probePlan } from "./watch/probePlan";
import { rolloutRules } from "./agent/rollout";
import { usersName } from "./traffic/names";

/** The hub's API server as pods on the hub see it; Argo CD knows its own cluster by this URL. */
const inClusterServer = "https://kubernetes.default.svc";

/** What an environment's stack reads from the hub's stack. */
export interface HubOutputs {
    /** Argo CD's namespace on the hub. */
    readonly argoCdNamespace: string;
    /** AppProject that every cluster Secret is scoped to. */
    readonly agentProject: string;
    /** Namespace that the agent is delivered to on every spoke. */
    readonly agentNamespace: string;
    /** The fleet's domain; a cluster's own is `<cluster>.<domain>`. */
    readonly domain: string;
    /** What the hub demands of environments, as JSON of `RolloutRules` (agent/rollout.ts). */
    readonly rollout: string;
    /** How the hub watches its clusters, as JSON of `ProbePlan` (watch/probePlan.ts). */
    readonly probes: string;
}

export interface HubArgs {
    readonly settings: HubSettings;
    /** The stack's full name, which the hub's own cluster Secret carries. */
    readonly stack: string;
    /** Whether the hub has the Prometheus operator's ServiceMonitor. */
    readonly serviceMonitors: boolean;
    /** Whether an earlier release of Argo CD's chart has made the Secret of notifications. */
    readonly chartHasSecret: boolean;
    /** What Prometheus on the hub reads: the operator's objects or files. */
    readonly alertObjects: ProbePlan["objects"];
}

/** The hub: Argo CD, the agent's AppProject and ApplicationSet, and the hub's own registration. */
export class Hub extends pulumi.ComponentResource {
    /** Outputs for environment stacks, see {@link HubOutputs}; they are known once all of the hub is there. */
    readonly outputs: { readonly [key in keyof HubOutputs]: pulumi.Output<string> };
    /** For an operator: where Argo CD is, and the local admin's password (a secret) where there is such a user. */
    readonly operator: { readonly url: string; readonly adminPassword: pulumi.Output<string> | undefined };

    constructor(name: string, args: HubArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Hub", name, {}, opts);

        const { settings, stack, serviceMonitors, chartHasSecret, alertObjects } = args;
        const provider = clusterProvider("hub", settings.cluster, { parent: this });
        const onHub = { parent: this, providers: [provider] };
        const protect = isProtected(settings);
        const argoCd = new ArgoCd(
            "argocd",
            { namespace: argoCdNamespace, settings, serviceMonitors, chartHasSecret },
            onHub,
        );
        const namespace = argoCd.namespace;
        const project = new AgentProject(
            "agent-project",
            { namespace, agent: settings.agent, syncWindows: settings.syncWindows },
            { ...onHub, protect },
        );
        const repositories = Object.entries(settings.repositories).map(
            ([repositoryName, repository]) =>
                new Repository(
                    `repository-${repositoryName}`,
                    { namespace, project: project.projectName, repositoryName, settings: repository },
                    onHub,
                ),
        );
        const registration = new ClusterSecret(
            inClusterName,
            {
                namespace,
                clusterName: inClusterName,
                server: inClusterServer,
                project: project.projectName,
                labels: { ...settings.labels, environment: "hub" },
                domain: `hub.${settings.domain}`,
                stack,
                config: { tlsClientConfig: { insecure: false } },
            },
            onHub,
        );
        const environments = settings.protectedEnvironments;
        const protection =
            environments.length === 0
                ? []
                : [new ApplicationProtection("protection", { namespace, environments }, onHub)];
        const applicationSet = new AgentApplicationSet(
            "agent-applicationset",
            {
                namespace,
                project: project.projectName,
                agent: settings.agent,
                rollout: settings.rollout,
                usersHost: settings.traffic && usersName(settings.domain, settings.traffic),
            },
            { ...onHub, protect, dependsOn: [...repositories, ...protection] },
        );
        const entrance = new Entrance(
            "entrance",
            {
                namespace,
                host: argoCdHost(settings.domain),
                certificates: settings.certificates,
                ingress: settings.ingress,
            },
            onHub,
        );
        const alerts =
            alertObjects === "none"
                ? []
                : [
                      new Alerts(
                          "alerts",
                          { namespace, settings: settings.alerts, agent: settings.agent, objects: alertObjects },
                          onHub,
                      ),
                  ];
        const traffic =
            settings.traffic === undefined
                ? []
                : [new Traffic("traffic", { namespace, domain: settings.domain, settings: settings.traffic }, onHub)];
        if (settings.previewers !== undefined) {
            const namespaces = { argocd: { namespace, rules: "argocd" } } as const;
            new PreviewAccess("preview", { previewers: settings.previewers, namespaces, hub: true }, onHub);
        }
        new Guard(
            "hub-guard",
            { hub: settings.cluster, namespace, stack },
            {
                parent: this,
                protect,
                dependsOn: [
                    ...[argoCd, project, ...repositories, registration, ...protection, applicationSet, entrance],
                    ...[...alerts, ...traffic],
                ],
            },
        );

        this.outputs = {
            argoCdNamespace: namespace,
            agentProject: project.projectName,
            agentNamespace: pulumi.output(settings.agent.namespace),
            domain: pulumi.output(settings.domain),
            rollout: pulumi.output(JSON.stringify(rolloutRules(settings))),
            probes: pulumi.output(JSON.stringify(probePlan(settings, alertObjects))),
        };
        this.operator = {
            url: `https://${argoCdHost(settings.domain)}`,
            adminPassword: argoCd.adminPassword,
        };
        this.registerOutputs({ ...this.outputs, registration: registration.secretName });
    }
}
