import * as pulumi from "@pulumi/pulumi";
import { holeIn } from "../clusters/argoCdHoles";
import { argoCdNamespace, inClusterServer } from "../clusters/names";
import type { ArgoCdAdoption } from "./argoCd/adoption";
import { agentKey } from "../settings/agentKey";
import { inClusterName } from "../settings/environment";
import type { HubSettings } from "../settings/hub";
import { ApplicationSet } from "./applications/applicationSet";
import { ApplicationProject } from "./applications/project";
import { Alerts } from "./watch/watch";
import { ApplicationProtection } from "./applications/protection";
import { ArgoCd } from "./argoCd/release";
import { ClusterSecret, type ClusterSecretArgs } from "./account/clusterSecret";
import { LockedDefaultProject } from "./applications/defaultProject";
import { Egress } from "./argoCd/egress";
import { Entrance } from "./argoCd/entrance";
import { Guard } from "./argoCd/guard";
import { type AgentOnHub, HubRights } from "./account/hubRights";
import { cloudsOf } from "./argoCd/identity";
import { hubApplication, writeHubOutputs } from "./hubOutputs";
import { PreviewAccess } from "./account/previewers";
import { readableOfHub } from "./account/readable";
import { isProtected } from "./support/protection";
import { clusterProvider } from "./support/provider";
import { credentialsFor, Repository } from "./argoCd/repository";
import { Traffic } from "./traffic/traffic";
import { argoCdHost, loginOf } from "./argoCd/names";
import { type ProbePlan, probePlan } from "./watch/probePlan";
import { rolloutRules } from "./applications/rollout";
import { retriesOfRefused } from "./applications/signatures";
import { usersName } from "../settings/usersName";

export interface HubArgs {
    readonly settings: HubSettings;
    /** The stack's full name, for the mark on the hub's own cluster Secret. */
    readonly stack: string;
    /** Whether the hub has the Prometheus operator's ServiceMonitor. */
    readonly serviceMonitors: boolean;
    /** Whether an earlier release of Argo CD's chart created the Secret for notifications. */
    readonly chartHasSecret: boolean;
    /** How Prometheus on the hub gets its configuration: the operator's objects or files. */
    readonly alertObjects: ProbePlan["objects"];
    /** The Argo CD that the stack adopts; undefined where it installs its own. */
    readonly adoption?: ArgoCdAdoption | undefined;
    /** Whether the stack registers the hub itself. */
    readonly registersHub: boolean;
    /** The agent's namespace on the hub; undefined if the agent is not delivered there. */
    readonly agentOnHub?: AgentOnHub | undefined;
}

/** The hub: Argo CD, an AppProject and an ApplicationSet for each application, and the hub's own registration. */
export class Hub extends pulumi.ComponentResource {
    /** Outputs for environment stacks, see {@link HubOutputs}; they are known when the whole hub exists. */
    readonly outputs: ReturnType<typeof writeHubOutputs>;
    /**
     * For an operator: Argo CD's URL, how to reach it, and the local admin's password (a secret) if that user exists.
     */
    readonly operator: {
        readonly url: string;
        readonly login: string;
        readonly adminPassword: pulumi.Output<string> | undefined;
    };

    constructor(name: string, args: HubArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Hub", name, {}, opts);

        const { settings, stack, serviceMonitors, chartHasSecret, alertObjects, adoption } = args;
        const { registersHub, agentOnHub } = args;
        const provider = clusterProvider("hub", settings.cluster, { parent: this });
        const made: pulumi.Resource[] = [];
        const remember: pulumi.ResourceTransformation = ({ resource }) => void made.push(resource);
        const onHub = { parent: this, providers: [provider], transformations: [remember] };
        const protect = isProtected(settings);
        const { permissions } = settings;
        const rights = new HubRights("hub-rights", { permissions, agent: agentOnHub, stack }, onHub);
        const argoCd = new ArgoCd(
            "argocd",
            { namespace: argoCdNamespace, settings, stack, serviceMonitors, chartHasSecret, adoption, rights },
            onHub,
        );
        argoCd.version.apply(async (version) => {
            const hole = holeIn(version);
            await (hole === undefined ? undefined : pulumi.log.warn(`hubspoke:chart: ${hole}`));
        });
        const namespace = argoCd.namespace;
        const { applications } = settings;
        const projects = applications.map((application) => {
            const { syncWindows, sourceIntegrity, impersonation } = settings;
            return new ApplicationProject(
                `${application.name}-project`,
                { namespace, application, syncWindows, sourceIntegrity, impersonation, argoCdVersion: argoCd.version },
                { ...onHub, protect },
            );
        });
        if (settings.defaultProject === "locked") {
            new LockedDefaultProject("default-project", { namespace }, onHub);
        }
        const repositories = credentialsFor(settings).map(
            ({ logicalName, ...repository }) => new Repository(logicalName, { namespace, ...repository }, onHub),
        );
        const registration = registersHub
            ? new ClusterSecret(
                  inClusterName,
                  {
                      namespace,
                      clusterName: inClusterName,
                      server: inClusterServer,
                      ...hubScope(settings),
                      ...(rights.since && { refresh: rights.since }),
                      labels: { ...settings.labels, environment: "hub" },
                      domain: `hub.${settings.domain}`,
                      stack,
                      config: { tlsClientConfig: { insecure: false } },
                  },
                  onHub,
              )
            : undefined;
        const environments = settings.protectedEnvironments;
        const protection =
            environments.length === 0
                ? []
                : [
                      new ApplicationProtection(
                          "protection",
                          { namespace, applications: applications.map(({ name: one }) => one), environments },
                          onHub,
                      ),
                  ];
        applications.forEach((application, index) => {
            const { domain, rollout, traffic } = settings;
            new ApplicationSet(
                `${application.name}-applicationset`,
                {
                    namespace,
                    project: projects[index]?.projectName ?? application.name,
                    application,
                    rollout,
                    usersHost: application.traffic && traffic ? usersName(domain, traffic) : undefined,
                    retries: settings.sourceIntegrity && argoCd.version.apply(retriesOfRefused),
                },
                { ...onHub, protect, dependsOn: [...repositories, ...protection] },
            );
        });
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
        if (settings.egress !== undefined) {
            new Egress("egress", { namespace, settings: settings.egress }, onHub);
        }
        if (alertObjects !== "none") {
            const alerts = { namespace, settings: settings.alerts, applications, objects: alertObjects };
            new Alerts("alerts", alerts, onHub);
        }
        const traffic =
            settings.traffic &&
            new Traffic("traffic", { namespace, domain: settings.domain, settings: settings.traffic }, onHub);
        if (settings.previewers !== undefined) {
            const readable = readableOfHub(namespace, settings, agentOnHub?.namespace);
            const after = { ...onHub, dependsOn: [entrance, rights, ...(traffic ? [traffic] : [])] };
            new PreviewAccess("preview", { previewers: settings.previewers, readable }, after);
        }
        new Guard("hub-guard", { hub: settings.cluster, namespace, stack }, { parent: this, protect, dependsOn: made });

        this.outputs = writeHubOutputs({
            argoCdNamespace: namespace,
            impersonation: settings.impersonation,
            // Known when the projects exist.
            applications: pulumi
                .all(projects.map(({ projectName }) => projectName))
                .apply(() => applications.map(hubApplication)),
            domain: settings.domain,
            rollout: rolloutRules(settings),
            probes: probePlan(settings, alertObjects),
            argoCdVersion: argoCd.version,
            identities: cloudsOf(settings.identity),
            audiences: settings.federation?.audiences ?? [],
            lab: settings.lab,
        });
        this.operator = {
            url: `https://${argoCdHost(settings.domain)}`,
            login: loginOf(settings),
            adminPassword: argoCd.adminPassword,
        };
        this.registerOutputs({ ...this.outputs, registration: registration?.secretName });
    }
}

/** What Argo CD may manage on the hub itself: the agent's namespace, or the namespaces of `permissions`. */
function hubScope({
    applications,
    permissions: { scope, namespaces },
}: Pick<HubSettings, "applications" | "permissions">): Pick<ClusterSecretArgs, "project" | "namespaces" | "clusterResources"> {
    const agent = applications.find(({ name }) => name === agentKey);
    const [first = agent?.namespace ?? agentKey, ...others] = scope === "namespaces" ? [] : namespaces;
    return { project: undefined, namespaces: [first, ...others], clusterResources: scope === "cluster" && namespaces.length > 0 };
}
