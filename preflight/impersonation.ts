import { type Application, isManaged, namesOf } from "../clusters/applications";
import { isArgoCdAtLeast } from "../clusters/argoCdVersion";
import { syncAccountsAnnotation } from "../clusters/names";
import type { Registration } from "../clusters/registrations";
import type { HubOutputs } from "../components/hubOutputs";
import type { EnvironmentSettings } from "../settings/environment";
import type { HubSettings } from "../settings/hub";
import { isDelivered } from "./strangers";

/**
 * Refuses that Argo CD syncs as accounts which clusters do not have yet, or where Applications of others would fail:
 * for them no project names an account.
 *
 * @param applications the Applications on the hub
 *
 * @throws Error with all problems
 */
export async function refuseUnpreparedImpersonation(
    { impersonation }: Pick<HubSettings, "impersonation">,
    existing: readonly Registration[],
    applications: () => Promise<readonly Application[]>,
): Promise<void> {
    if (impersonation !== "on") {
        return;
    }
    const without = existing.filter((one) => isDelivered(one) && one.annotations[syncAccountsAnnotation] !== "true");
    const others = (await applications()).filter((application) => !isManaged(application));
    const problems = [
        ...(without.length === 0
            ? []
            : [
                  `hubspoke:impersonation: is "on", and ${without.map(({ cluster }) => cluster).join(", ")} have no accounts for ` +
                      'syncs yet. Write "prepared", run `pulumi up` of the hub and of their environments, and "on" after that',
              ]),
        ...(others.length === 0
            ? []
            : [
                  `hubspoke:impersonation: is "on", and Argo CD would sync no Application of another project: ` +
                      `${namesOf(others)}. Move them to another Argo CD, or leave this off`,
              ]),
    ];
    if (problems.length > 0) {
        throw new Error(problems.join("\n  "));
    }
}

/**
 * Refuses accounts for syncs where Argo CD does not support them, or where the cluster's rights are not by application.
 *
 * @throws Error with all problems
 */
export function refuseUnfitSyncAccounts(
    { clusters }: Pick<EnvironmentSettings, "clusters">,
    { impersonation, argoCdVersion }: Pick<HubOutputs, "argoCdVersion" | "impersonation">,
): void {
    if (impersonation === "off") {
        return;
    }
    if (argoCdVersion !== undefined && !isArgoCdAtLeast(argoCdVersion, "3.5")) {
        throw new Error(
            `hubspoke:hub: the hub's impersonation is "${impersonation}", which is not stable before Argo CD 3.5, and the hub ` +
                `has ${argoCdVersion}. Write "off" in the hub's stack, or upgrade Argo CD first`,
        );
    }
    const whole = Object.entries(clusters).filter(([, { permissions }]) => permissions.scope === "cluster");
    const problems = whole.map(
        ([cluster]) =>
            `hubspoke:clusters.${cluster}.permissions.scope: is cluster, and with the hub's impersonation each application has ` +
            'rights of its own. Remove it, or write impersonation: "off" in the hub\'s stack',
    );
    if (problems.length > 0) {
        throw new Error(problems.join("\n  "));
    }
}
