import { isArgoCdAtLeast } from "../clusters/argoCdVersion";
import { isLeftAlone, type Registration } from "../clusters/registrations";
import { shortStackName, skipReconcileAnnotation } from "../clusters/names";
import type { EnvironmentSettings } from "../settings/environment";

/** The first version of Argo CD that skips the reconciliation of a cluster whose Secret has the annotation. */
const oldestArgoCd = "3.4";

/** Names of an environment's clusters in quarantine. */
export function quarantinedIn({ clusters }: Pick<EnvironmentSettings, "clusters">): string[] {
    return Object.keys(clusters).filter((name) => clusters[name]?.quarantined);
}

/**
 * Refuses a quarantine that the hub's version of Argo CD does not support: it would continue to work on the cluster.
 *
 * @param version version of Argo CD on the hub, such as `v3.4.4`; undefined if the hub's outputs do not have it
 * @throws Error that names the settings
 */
export function refuseUnkeptQuarantine(
    settings: Pick<EnvironmentSettings, "clusters">,
    version: string | undefined,
): void {
    const [name] = quarantinedIn(settings);
    if (name === undefined || isArgoCdAtLeast(version, oldestArgoCd)) {
        return;
    }
    throw new Error(`hubspoke:clusters.${name}.quarantined: ${tooOld(version)}`);
}

/**
 * Why Argo CD would go on with a cluster in quarantine; undefined where it leaves the cluster alone.
 *
 * @param version as in {@link refuseUnkeptQuarantine}
 */
export function whyNotLeftAlone(version: string | undefined): string | undefined {
    return isArgoCdAtLeast(version, oldestArgoCd) ? undefined : tooOld(version);
}

function tooOld(version: string | undefined): string {
    return (
        `Argo CD supports a quarantine from ${oldestArgoCd} on, but the hub ` +
        (version === undefined
            ? "does not tell its version. Run this first: pulumi up --stack hub"
            : `has ${version}. Remove this, or upgrade Argo CD first (docs/upgrade.md)`)
    );
}

/** The command that takes a cluster back from its quarantine. */
export function liftCommand(stack: string, cluster: string): string {
    return `npm run quarantine -- ${shortStackName(stack)} --cluster ${cluster} --lift`;
}

/**
 * Clusters that Argo CD leaves alone though the settings do not say so: the receiver of alerts has found them dead, or
 * a person has annotated them.
 *
 * @param stack the environment's stack, for the command in each sentence
 */
export function leftAloneWithoutSetting(
    { clusters }: Pick<EnvironmentSettings, "clusters">,
    existing: readonly Registration[],
    stack: string,
): string[] {
    const found = existing.filter((one) => clusters[one.cluster]?.quarantined === false && isLeftAlone(one));
    return found.map(
        ({ cluster, secret }) =>
            `hubspoke:clusters.${cluster}: Argo CD leaves it alone now (annotation ${skipReconcileAnnotation} of Secret ` +
            `${secret}), and the settings do not ask for that. The \`up\` that lifts a quarantine can delete nothing on the ` +
            `cluster: do that afterwards. If it stays: ${liftCommand(stack, cluster)}`,
    );
}

/**
 * The API servers of clusters in quarantine, from the hub's registrations: their kubeconfigs are not read.
 *
 * @throws Error that names a cluster that this stack has not registered, and which cannot be in quarantine
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
                    `hubspoke:clusters.${name}.quarantined: this stack has not registered ${name} on the hub, so the ` +
                        "cluster cannot be in quarantine, also not on a hub that was made anew. If the cluster answers, remove the " +
                        `setting. If it is lost: \`npm run forget -- ${shortStackName(stack)} --cluster ${name}\``,
                );
            }
            return [name, found.server];
        }),
    );
}
