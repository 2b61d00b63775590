import type { SignOnSettings } from "../../settings/signOn";
import { toYaml } from "../support/yaml";

/** Secret with the client secret of single sign-on; Argo CD reads `$<secret>:<key>` from Secrets with its label. */
export const oidcSecret = { name: "argocd-oidc", key: "clientSecret" };

/**
 * The rights of the role `operator`, in Argo CD's policy language: sync and logs, and no other change. `admin` and
 * `readonly` are built in (argo-cd, assets/builtin-policy.csv), and see all logs too. A policy cannot name an
 * environment, so the spoke's Role decides about logs: the setting `logs` of each environment.
 */
const operatorPolicy = [
    "p, role:operator, applications, get, */*, allow",
    "p, role:operator, applications, sync, */*, allow",
    "p, role:operator, applicationsets, get, */*, allow",
    "p, role:operator, clusters, get, *, allow",
    "p, role:operator, projects, get, *, allow",
    "p, role:operator, repositories, get, *, allow",
    "p, role:operator, logs, get, */*, allow",
];

/**
 * Values for single sign-on, roles and the local admin, which exists only without single sign-on. By default, users
 * have no role. The values contain no secret: the program creates `argocd-secret` instead of the chart.
 */
export function signOnValues(access: SignOnSettings, url: string) {
    const { oidc, groups } = access;
    return {
        // Single sign-on connects directly to the provider, so dex is not needed.
        dex: { enabled: false },
        configs: {
            cm: {
                url,
                "admin.enabled": oidc === undefined,
                "exec.enabled": false,
                "users.anonymous.enabled": false,
                ...(oidc === undefined ? {} : { "oidc.config": oidcConfig(oidc) }),
            },
            rbac: {
                "policy.default": "",
                "policy.csv": [
                    ...operatorPolicy,
                    ...Object.entries(groups).map(([group, role]) => `g, ${quoted(group)}, role:${role}`),
                ].join("\n"),
                scopes: "[groups]",
            },
            secret: { createSecret: false },
        },
    };
}

function oidcConfig(oidc: NonNullable<SignOnSettings["oidc"]>): string {
    return toYaml({
        name: oidc.name,
        issuer: oidc.issuer,
        clientID: oidc.clientId,
        clientSecret: `$${oidcSecret.name}:${oidcSecret.key}`,
        requestedScopes: oidc.scopes,
    });
}

/** A group's name as a field of CSV. */
function quoted(group: string): string {
    return `"${group.replaceAll('"', '""')}"`;
}
