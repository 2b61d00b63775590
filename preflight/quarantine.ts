import type { Registration } from "../clusters/registrations";
import type { EnvironmentSettings } from "../settings/environment";

/** The first Argo CD that leaves a cluster alone whose Secret says so. */
const oldestArgoCd = "3.4";

/** Names of an environment's clusters in quarantine. */
export function quarantinedIn({ clusters }: Pick<EnvironmentSettings, "clusters">): string[] {
    return Object.keys(clusters).filter((name) => clusters[name]?.quarantined);
}

/**
 * Refuses a quarantine that Argo CD would not keep: it would go on with the cluster.
 *
 * @param version Argo CD's on the hub, such as `v3.4.4`; nothing where the hub's stack does not say it
 * @throws Error that names the settings
 */
export function refuseUnkeptQuarantine(
    settings: Pick<EnvironmentSettings, "clusters">,
    version: string | undefined,
): void {
    const [name] = quarantinedIn(settings);
    if (name === undefined || isNewEnough(version)) {
        return;
    }
    throw new Error(
        `hubspoke:clusters.${name}.quarantined: Argo CD leaves a cluster alone from ${oldestArgoCd} on, and the hub ` +
            (version === undefined
                ? "does not say which it has. Bring it up once: pulumi up --stack hub"
                : `has ${version}. Remove the setting, or upgrade Argo CD first (docs/upgrade.md)`),
    );
}

function isNewEnough(version: string | undefined): boolean {
    return version !== undefined && version.replace(/^v/, "").localeCompare(oldestArgoCd, "en", { numeric: true }) >= 0;
}

/**
 * The API servers of clusters in quarantine as the hub knows them, since nobody asks their kubeconfigs.
 *
 * @throws Error that names a cluster which this stack has not registered: there is nothing to leave alone
 */
export function quarantinedServers(
    settings: Pick<EnvironmentSettings, "clusters">,
    existing: readonly Registration[],
    stack: string,
): Record<string, string> {
    const own = existing.filter((registration) => registration.stack === stack);
    return Object.fromEntries(
        quarantinedIn(settings).map((name) => {
            const found = own.find(({ cluster }) => cluster === name);
            if (found === undefined) {
                throw new Error(
                    `hubspoke:clusters.${name}.quarantined: the hub has no registration of ${name} by this stack, so ` +
                        "there is nothing to leave alone. Remove the setting, or the cluster",
                );
            }
            return [name, found.server];
        }),
    );
}
