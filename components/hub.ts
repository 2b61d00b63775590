import * as pulumi from "@pulumi/pulumi";
import { holeIn } from "../clusters/argoCdHoles";
import { argoCdNamespace, inClusterServer } from "../clusters/names";
import type { ArgoCdAdoption } from "./argoCd/adoption";
import { agentKey } from "../settings/agentKey";
import { inClusterName } from "../settings/environment";
import type { ApplicationSettings } from "../settings/applications";
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

    /** All that is made on the hub; the guard is deleted before it. */
    private readonly made: pulumi.Resource[] = [];
    private readonly onHub: pulumi.ComponentResourceOptions;

    constructor(
        name: string,
        private readonly args: HubArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("hubspoke:index:Hub", name, {}, opts);

        const { settings, stack, agentOnHub } = args;
        const provider = clusterProvider("hub", settings.cluster, { parent: this });
        const remember: pulumi.ResourceTransformation = ({ resource }) => void this.made.push(resource);
        this.onHub = { parent: this, providers: [provider], transformations: [remember] };
        const { permissions } = settings;
        const rights = new HubRights("hub-rights", { permissions, agent: agentOnHub, stack }, this.onHub);
        const argoCd = new ArgoCd("argocd", { ...args, namespace: argoCdNamespace, rights }, this.onHub);
        warnOfHoles(argoCd.version);
        const { namespace } = argoCd;
        const projects = this.projects(argoCd);
        const repositories = credentialsFor(settings).map(
            ({ logicalName, ...repository }) => new Repository(logicalName, { namespace, ...repository }, this.onHub),
        );
        const registration = args.registersHub ? this.registration(namespace, rights) : undefined;
        this.applicationSets(argoCd, projects, [...repositories, ...this.protection(namespace)]);
        const network = this.network(namespace);
        this.alerts(namespace);
        this.previewAccess(namespace, [rights, ...network]);
        const guard = { parent: this, protect: isProtected(settings), dependsOn: this.made };
        new Guard("hub-guard", { hub: settings.cluster, namespace, stack }, guard);

        this.outputs = this.outputsFor(argoCd, projects);
        this.operator = {
            url: `https://${argoCdHost(settings.domain)}`,
            login: loginOf(settings),
            adminPassword: argoCd.adminPassword,
        };
        this.registerOutputs({ ...this.outputs, registration: registration?.secretName });
    }

    private projects({ namespace, version: argoCdVersion }: ArgoCd): ApplicationProject[] {
        const { settings } = this.args;
        const { applications, syncWindows, sourceIntegrity, impersonation } = settings;
        if (settings.defaultProject === "locked") {
            new LockedDefaultProject("default-project", { namespace }, this.onHub);
        }
        return applications.map((application) => {
            return new ApplicationProject(
                `${application.name}-project`,
                { namespace, application, syncWindows, sourceIntegrity, impersonation, argoCdVersion },
                this.guarding(application),
            );
        });
    }

    /** Options for what an application needs. One that is being taken out is protected no more: it goes next. */
    private guarding({ deliver }: ApplicationSettings): pulumi.ComponentResourceOptions {
        return { ...this.onHub, protect: isProtected(this.args.settings) && deliver };
    }

    /** The hub's own cluster Secret. */
    private registration(namespace: pulumi.Input<string>, { since }: HubRights): ClusterSecret {
        const { settings, stack } = this.args;
        return new ClusterSecret(
            inClusterName,
            {
                namespace,
                clusterName: inClusterName,
                server: inClusterServer,
                ...hubScope(settings),
                ...(since && { refresh: since }),
                applications: { [agentKey]: settings.applications.some(({ name }) => name === agentKey) },
                labels: { ...settings.labels, environment: "hub" },
                domain: `hub.${settings.domain}`,
                stack,
                config: { tlsClientConfig: { insecure: false } },
            },
            this.onHub,
        );
    }

    private protection(namespace: pulumi.Input<string>): ApplicationProtection[] {
        const { applications, protectedEnvironments: environments } = this.args.settings;
        if (environments.length === 0) {
            return [];
        }
        const args = { namespace, applications: applications.map(({ name }) => name), environments };
        return [new ApplicationProtection("protection", args, this.onHub)];
    }

    private applicationSets(
        { namespace, version }: ArgoCd,
        projects: readonly ApplicationProject[],
        dependsOn: pulumi.Resource[],
    ): void {
        const { applications, domain, rollout, traffic, sourceIntegrity } = this.args.settings;
        applications.forEach((application, index) => {
            new ApplicationSet(
                `${application.name}-applicationset`,
                {
                    namespace,
                    project: projects[index]?.projectName ?? application.name,
                    application,
                    rollout,
                    usersHost: application.traffic && traffic ? usersName(domain, traffic) : undefined,
                    retries: sourceIntegrity && version.apply(retriesOfRefused),
                },
                { ...this.guarding(application), dependsOn },
            );
        });
    }

    /** How people reach Argo CD and users the applications, and what Argo CD may reach. */
    private network(namespace: pulumi.Input<string>): pulumi.Resource[] {
        const { domain, certificates, ingress, egress, traffic } = this.args.settings;
        const host = argoCdHost(domain);
        const entrance = new Entrance("entrance", { namespace, host, certificates, ingress }, this.onHub);
        if (egress !== undefined) {
            new Egress("egress", { namespace, settings: egress }, this.onHub);
        }
        return traffic ? [entrance, new Traffic("traffic", { namespace, domain, settings: traffic }, this.onHub)] : [entrance];
    }

    private alerts(namespace: pulumi.Input<string>): void {
        const { settings, alertObjects } = this.args;
        if (alertObjects !== "none") {
            const { alerts, applications } = settings;
            new Alerts("alerts", { namespace, settings: alerts, applications, objects: alertObjects }, this.onHub);
        }
    }

    private previewAccess(namespace: pulumi.Input<string>, dependsOn: pulumi.Resource[]): void {
        const { settings, agentOnHub } = this.args;
        if (settings.previewers !== undefined) {
            const readable = readableOfHub(namespace, settings, agentOnHub?.namespace);
            new PreviewAccess("preview", { previewers: settings.previewers, readable }, { ...this.onHub, dependsOn });
        }
    }

    private outputsFor({ namespace, version }: ArgoCd, projects: readonly ApplicationProject[]) {
        const { settings, alertObjects } = this.args;
        return writeHubOutputs({
            argoCdNamespace: namespace,
            impersonation: settings.impersonation,
            // Known when the projects exist.
            applications: pulumi
                .all(projects.map(({ projectName }) => projectName))
                .apply(() => settings.applications.map(hubApplication)),
            domain: settings.domain,
            rollout: rolloutRules(settings),
            probes: probePlan(settings, alertObjects),
            argoCdVersion: version,
            identities: cloudsOf(settings.identity),
            audiences: settings.federation?.audiences ?? [],
            lab: settings.lab,
        });
    }
}

function warnOfHoles(version: ArgoCd["version"]): void {
    version.apply(async (found) => {
        const hole = holeIn(found);
        await (hole === undefined ? undefined : pulumi.log.warn(`hubspoke:chart: ${hole}`));
    });
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
