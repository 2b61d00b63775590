import { deepmerge } from "deepmerge-ts";
import type { HubSettings } from "../../settings/hub";
import { defaultRelease, releaseNameValues } from "./adoption";
import { signOnValues } from "./signOn";
import { availabilityValues } from "./availability";
import { exclusionValues } from "./exclusions";
import { federationValues } from "./federation";
import { identityValues } from "./identity";
import { scaleOf, scaleValues } from "./scale";
import { ingressValues } from "./ingress";
import { type ArgoCdValues, argoCdHost } from "./names";
import { metricsValues } from "./metrics";
import { impersonationValues } from "./impersonation";
import { notificationValues } from "./notifications";
import { otherSourceValues } from "./otherSources";
import { podValues } from "./pods";
import { rightsValues } from "./rights";
import { gitCertificateValues, knownHostsValues } from "./repositoryValues";
import { redisTlsValues } from "./redisTls";
import { signingKeyValues } from "./signingKeys";

/** The settings that the values follow. */
type ValuesSettings = Pick<
    HubSettings,
    | "access"
    | "adoptedRelease"
    | "alerts"
    | "applications"
    | "availability"
    | "certificates"
    | "chart"
    | "domain"
    | "federation"
    | "fleet"
    | "gitCertificates"
    | "identity"
    | "impersonation"
    | "ingress"
    | "knownHosts"
    | "otherSources"
    | "permissions"
    | "pods"
    | "redisTls"
    | "scale"
    | "sourceIntegrity"
>;

export interface ArgoCdValuesArgs {
    readonly settings: ValuesSettings;
    /** Whether the hub has the Prometheus operator's ServiceMonitor. */
    readonly serviceMonitors: boolean;
}

/** The values for the argo-cd chart: the program's own, and those in `chart.values` over them. */
export function argoCdValues(args: ArgoCdValuesArgs): ArgoCdValues {
    return deepmerge(ownValues(args), args.settings.chart.values ?? {});
}

/**
 * The program's own values for the argo-cd chart, without secrets. test/unit/chartKeys.test.ts checks every key against
 * chart 10.1.1.
 */
export function ownValues({ settings, serviceMonitors }: ArgoCdValuesArgs): ArgoCdValues {
    const domain = argoCdHost(settings.domain);
    const scale = scaleOf(settings);
    return deepmerge(
        {
            global: { domain, networkPolicy: { create: true, defaultDenyIngress: true } },
            // The CRDs stay after the release, so that its removal deletes no Application.
            crds: { install: true, keep: true },
            // Kinds that a spoke's Role does not allow are skipped; otherwise the cluster's cache would fail.
            configs: {
                cm: { "resource.respectRBAC": "strict" },
                // Required for `rollout.strategy: rolling`; without effect on an ApplicationSet without steps.
                params: { "applicationsetcontroller.enable.progressive.syncs": true },
            },
            // The program's Secret `argocd-redis` has the password of Redis (key `auth`); the job would create another.
            redisSecretInit: { enabled: false },
        },
        otherSourceValues(settings.otherSources),
        impersonationValues(settings.impersonation),
        rightsValues(settings.permissions),
        availabilityValues(settings.availability, scale),
        scaleValues(scale),
        exclusionValues(settings.scale.exclusions),
        signOnValues(settings.access, `https://${domain}`),
        identityValues(settings.identity),
        federationValues(settings.federation),
        podValues(settings.pods, settings.availability),
        metricsValues(serviceMonitors),
        notificationValues(settings.alerts, settings.applications.map(({ name }) => name)),
        knownHostsValues(settings.knownHosts),
        gitCertificateValues(settings.gitCertificates),
        signingKeyValues(settings.sourceIntegrity),
        redisTlsValues(settings.redisTls),
        releaseNameValues(settings.adoptedRelease ?? defaultRelease),
        ingressValues(settings.ingress, domain, settings.certificates.issuer !== "none"),
    );
}
