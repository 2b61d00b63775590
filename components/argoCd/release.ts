import { Namespace, Secret } from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3";
import { PriorityClass } from "@pulumi/kubernetes/scheduling/v1";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { adoptedAnnotation, partOfArgoCd, stackAnnotation } from "../../clusters/names";
import type { HubSettings } from "../../settings/hub";
import type { PodSettings } from "../../settings/pods";
import { onceMade } from "../support/onceMade";
import { chartSource } from "../support/chartSource";
import { isProtected } from "../support/protection";
import { secretData } from "../support/secretData";
import { takeOver } from "../support/takeOver";
import { oidcSecret } from "./signOn";
import { type ArgoCdAdoption, defaultRelease } from "./adoption";
import { argoCdValues } from "./values";
import { argoCdChart, versionIn } from "./version";
import { priorityClass } from "./availability";
import type { ArgoCdValues } from "./names";
import { dockerConfig, environmentSecret, registriesSecret } from "./pods";
import { notificationSecrets, notificationsSecret } from "./notifications";
import { passwordTime } from "./passwordTime";
import { redisCertificate } from "./redisTls";
import { webhookEntries } from "./repositoryValues";

/** Time limit of the chart's installation, in seconds; a first start pulls images on every node. */
const installTimeout = 600;

export interface ArgoCdArgs {
    /** Namespace to create for Argo CD. */
    readonly namespace: string;
    readonly settings: HubSettings;
    /** The hub's stack, for the mark on the namespace. */
    readonly stack: string;
    /** Whether the hub has the Prometheus operator's ServiceMonitor. */
    readonly serviceMonitors: boolean;
    /** Whether an earlier release of the chart created the Secret for notifications, which the program now manages. */
    readonly chartHasSecret: boolean;
    /** The Argo CD that another tool installed and the stack adopts; undefined where it installs its own. */
    readonly adoption?: ArgoCdAdoption | undefined;
    /** Argo CD's rights outside its namespace: they exist before the release takes the chart's ClusterRoles away. */
    readonly rights: pulumi.Resource;
}

/** Argo CD on the hub: its namespace, its passwords, and its Helm release. */
export class ArgoCd extends pulumi.ComponentResource {
    /** The namespace's name, known when Argo CD and its CRDs exist. */
    readonly namespace: pulumi.Output<string>;
    /** Argo CD's version, such as `v3.4.15`: of the image in the chart's values, or else the chart's own. */
    readonly version: pulumi.Output<string | undefined>;
    /** The local admin's password, a secret; undefined with single sign-on, and if an adopted Argo CD keeps its own. */
    readonly adminPassword: pulumi.Output<string> | undefined;

    constructor(
        private readonly name: string,
        private readonly args: ArgoCdArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("hubspoke:index:ArgoCd", name, {}, opts);

        const { settings, chartHasSecret, rights } = args;
        const namespace = this.ownNamespace();
        const { admin, secrets } = this.secrets(namespace);
        const tokens = notificationSecrets(settings.alerts);
        const notifications = (more?: pulumi.CustomResourceOptions) =>
            this.secret(`${name}-notifications`, namespace, { name: notificationsSecret }, tokens, more);
        // Before the release, whose configuration needs it: a notification that cannot be sent then is never sent.
        const told = chartHasSecret ? [] : [notifications()];
        const values = argoCdValues(args);
        const release = this.release(namespace, values, [this.priority(), rights, ...secrets, ...told]);
        if (chartHasSecret) {
            // The update of the release deletes the chart's Secret with that name.
            notifications({ parent: this, dependsOn: release });
        }

        // Not `status.namespace`: a preview of a changed release does not know it, and would show a replacement of
        // every object in the namespace.
        this.namespace = onceMade(release, release.namespace);
        this.version = release.status.apply(
            (status: { appVersion?: string } | undefined) => versionIn(values) ?? status?.appVersion,
        );
        this.adminPassword = admin?.result;
        this.registerOutputs({ namespace: this.namespace });
    }

    /** Options of what a destroy of a protected hub must not take away. */
    private guarded() {
        return { parent: this, protect: isProtected(this.args.settings) };
    }

    private ownNamespace(): Namespace {
        const { namespace: name, settings, stack, adoption } = this.args;
        const existing = adoption?.namespace;
        // Where an adoption finds no namespace, it states of its own what the next run will read there.
        const kept = existing ?? (adoption && { labels: { "kubernetes.io/metadata.name": name }, annotations: {} });
        return new Namespace(
            `${this.name}-namespace`,
            {
                metadata: {
                    name,
                    ...(kept && { labels: kept.labels }),
                    annotations: {
                        ...kept?.annotations,
                        ...(kept && takeOver),
                        ...(settings.adoptedRelease !== undefined && { [adoptedAnnotation]: settings.adoptedRelease }),
                        [stackAnnotation]: stack,
                    },
                },
            },
            // A namespace that the stack did not create, and all that others keep in it, stay after a destroy.
            { ...this.guarded(), ...(existing && { import: name }), ...(adoption && { retainOnDelete: true }) },
        );
    }

    private priority(): PriorityClass {
        const description = "Argo CD goes before workloads, and after what the cluster itself needs";
        return new PriorityClass(
            `${this.name}-priority`,
            { metadata: { name: priorityClass }, value: 1_000_000, description },
            { parent: this },
        );
    }

    /** What Argo CD's pods read when they start; an adopted Argo CD keeps those that it has. */
    private secrets(namespace: Namespace): { admin: RandomPassword | undefined; secrets: pulumi.Resource[] } {
        const { name } = this;
        const { settings, stack, adoption } = this.args;
        const { oidc } = settings.access;
        const isKept = (secretName: string) => adoption?.keptSecrets.includes(secretName) ?? false;
        // By the mark a later run knows that the Secret is not the adopted Argo CD's own.
        const annotations = adoption && { [stackAnnotation]: stack };
        const admin = oidc === undefined && !isKept("argocd-secret") ? this.password(`${name}-admin-password`) : undefined;
        const secrets: pulumi.Resource[] = this.pullSecret(namespace, settings.pods);
        if (!isKept("argocd-redis")) {
            const data = { auth: this.password(`${name}-redis-password`).result };
            secrets.push(
                this.secret(`${name}-redis`, namespace, { name: "argocd-redis", annotations }, data, this.guarded()),
            );
        }
        if (!isKept("argocd-secret")) {
            const data = {
                "server.secretkey": this.password(`${name}-session-key`).result,
                ...(admin && this.login(admin, namespace)),
                ...webhookEntries(settings.webhooks),
            };
            secrets.push(this.secret(`${name}-secret`, namespace, { name: "argocd-secret", annotations }, data));
        }
        if (oidc !== undefined) {
            const data = { [oidcSecret.key]: oidc.clientSecret };
            secrets.push(this.secret(`${name}-oidc`, namespace, { name: oidcSecret.name }, data));
        }
        if (Object.keys(settings.pods.secretEnv).length > 0) {
            secrets.push(this.secret(`${name}-env`, namespace, { name: environmentSecret }, settings.pods.secretEnv));
        }
        if (settings.redisTls) {
            const { name: inNamespace } = namespace.metadata;
            secrets.push(redisCertificate(`${name}-redis-tls`, inNamespace, settings, { parent: this }));
        }
        return { admin, secrets };
    }

    /** The local admin's entries of Argo CD's own Secret. */
    private login(admin: RandomPassword, { metadata }: Namespace) {
        const since = passwordTime(`${this.name}-admin-password-set`, admin, metadata.name, { parent: this });
        return { "admin.password": admin.bcryptHash, "admin.passwordMtime": since };
    }

    private release(namespace: Namespace, values: ArgoCdValues, dependsOn: pulumi.Resource[]): Release {
        const { namespace: name, settings, adoption } = this.args;
        return new Release(
            `${this.name}-release`,
            {
                name: settings.adoptedRelease ?? defaultRelease,
                namespace: namespace.metadata.name,
                ...chartSource(settings.chart, argoCdChart),
                values,
                timeout: installTimeout,
            },
            {
                ...this.guarded(),
                dependsOn,
                ...(adoption?.release && { import: `${name}/${settings.adoptedRelease}` }),
            },
        );
    }

    /** Letters and digits only: HAProxy's configuration contains the password of Redis without escaping. */
    private password(name: string): RandomPassword {
        return new RandomPassword(name, { length: 40, special: false }, { parent: this });
    }

    /** The logins for registries, which the kubelet reads; nothing where the settings have none. */
    private pullSecret({ metadata: { name: namespace } }: Namespace, pods: PodSettings): Secret[] {
        if (Object.keys(pods.registries).length === 0) {
            return [];
        }
        const data = secretData({ ".dockerconfigjson": dockerConfig(pods.registries) });
        const metadata = { name: registriesSecret, namespace };
        const type = "kubernetes.io/dockerconfigjson";
        return [new Secret(`${this.name}-registries`, { metadata, type, data }, { parent: this })];
    }

    /** A Secret of Argo CD; the label lets Argo CD read it. */
    private secret(
        name: string,
        namespace: Namespace,
        { name: secretName, annotations }: { name: string; annotations?: Record<string, string> | undefined },
        data: Record<string, pulumi.Input<string>>,
        opts: pulumi.CustomResourceOptions = { parent: this },
    ) {
        return new Secret(
            name,
            {
                metadata: {
                    name: secretName,
                    namespace: namespace.metadata.name,
                    labels: partOfArgoCd,
                    ...(annotations && { annotations }),
                },
                // The API server does not store an empty map: a refresh would show drift.
                ...(Object.keys(data).length > 0 && { data: secretData(data) }),
            },
            opts,
        );
    }
}
