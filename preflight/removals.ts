import type { Application } from "../clusters/applications";
import { allowDeleteAnnotation } from "../clusters/names";
import type { Registration } from "../clusters/registrations";
import type { EnvironmentSettings } from "../settings/environment";

/**
 * Refuses to take a cluster out of a protected environment. Without the protection its drain would delete the
 * Applications there; `up` asks the hub again, before it deletes anything (dynamic/drain.ts).
 *
 * @param protectedEnvironments what the hub's stack says; undefined from a hub that was brought up before it said so
 * @param applicationsOf the Applications that deliver to a registered cluster
 * @throws Error that names each cluster, and how to lift the protection
 */
export async function refuseProtectedRemovals(
    settings: Pick<EnvironmentSettings, "clusters" | "protect">,
    existing: readonly Registration[],
    stack: string,
    protectedEnvironments: readonly string[] = [],
    applicationsOf: (registration: Registration) => Promise<readonly Application[]>,
): Promise<void> {
    const removed = existing.filter(
        ({ cluster, labels, ...one }) =>
            one.stack === stack &&
            settings.clusters[cluster] === undefined &&
            protectedEnvironments.includes(labels.environment ?? ""),
    );
    if (!settings.protect) {
        return;
    }
    const refused = await Promise.all(
        removed.map(async (registration) => {
            const applications = await applicationsOf(registration);
            return applications.every(mayGo) ? [] : [refusal(registration, stack)];
        }),
    );
    if (refused.flat().length > 0) {
        throw new Error(refused.flat().join("\n  "));
    }
}

function mayGo({ metadata }: Application): boolean {
    return metadata.annotations?.[allowDeleteAnnotation] === "true";
}

function refusal({ cluster, labels }: Registration, stack: string): string {
    const name = stack.split("/").at(-1);
    return (
        `hubspoke:clusters.${cluster}: is not in the settings any more, and the hub protects ${labels.environment}: all ` +
        `that Argo CD delivers to it would be deleted. Put it back. To remove it, write \`hubspoke:protect: false\` with ` +
        `the cluster still in Pulumi.${name}.yaml, run \`pulumi up --stack ${name}\`, and remove the cluster then`
    );
}
