import type { HubSettings } from "../../settings/hub";

/** Key of each Git host's webhook secret in `argocd-secret` (argo-cd, docs/operator-manual/webhook.md). */
const webhookKeys: Record<keyof HubSettings["webhooks"], string> = {
    github: "webhook.github.secret",
    gitlab: "webhook.gitlab.secret",
    bitbucket: "webhook.bitbucket.uuid",
    bitbucketServer: "webhook.bitbucketserver.secret",
    gogs: "webhook.gogs.secret",
};

/** Entries of `argocd-secret` for the webhook secrets in the settings. */
export function webhookEntries(webhooks: HubSettings["webhooks"]): Record<string, string> {
    return Object.fromEntries(
        Object.entries(webhooks).map(([host, value]) => [webhookKeys[host as keyof typeof webhookKeys], value]),
    );
}

/** Known SSH hosts in addition to the chart's (github.com, gitlab.com, bitbucket.org, dev.azure.com). */
export function knownHostsValues(knownHosts: string) {
    return knownHosts === "" ? {} : { configs: { ssh: { extraHosts: knownHosts } } };
}

/** Certificate authorities of Git servers and Helm repositories, which Argo CD reads from `argocd-tls-certs-cm`. */
export function gitCertificateValues(certificates: Readonly<Record<string, string>>) {
    return Object.keys(certificates).length === 0 ? {} : { configs: { tls: { certificates } } };
}
