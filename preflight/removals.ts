import type { Application } from "../clusters/applications";
import { allowDeleteAnnotation, shortStackName, skipReconcileAnnotation, unprotectedAnnotation, upCommands } from "../clusters/names";
import { isLeftAlone, type Registration } from "../clusters/registrations";
import type { EnvironmentSettings } from "../settings/environment";
import { liftCommand } from "./quarantine";

/**
 * Refuses to remove a cluster because the source of the clusters does not name it any more.
 *
 * @throws Error that names each cluster, and how to remove it on purpose
 */
export function refuseVanished(
    { clusters, clustersFrom }: Pick<EnvironmentSettings, "clusters" | "clustersFrom">,
    existing: readonly Registration[],
    stack: string,
): void {
    const vanished = existing.filter(({ cluster, stack: by }) => {
        const isLeft = by !== stack || clusters[cluster] !== undefined;
        return clustersFrom !== undefined && !isLeft && !clustersFrom.removed.includes(cluster);
    });
    if (vanished.length > 0) {
        const source = clustersFrom?.file ?? clustersFrom?.command?.join(" ");
        const lines = vanished.map(
            ({ cluster }) =>
                `hubspoke:clusters.${cluster}: is registered, and neither ${source} nor the stack file has it any more. It is ` +
                `not removed by itself. Put it back; to remove it, add ${cluster} to \`hubspoke:clustersFrom.removed\``,
        );
        throw new Error(lines.join("\n  "));
    }
}

/**
 * Refuses to take a cluster out of a protected environment, unless an earlier `up` has lifted the protection: the drain
 * in the state decides (dynamic/drain.ts). Refuses to remove a cluster that Argo CD leaves alone: Argo CD would delete
 * nothing there.
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
    const removed = existing.filter((one) => one.stack === stack && settings.clusters[one.cluster] === undefined);
    const refused = await Promise.all(
        removed.map(async (registration) => {
            if (isLeftAlone(registration)) {
                return [whileLeftAlone(registration, stack)];
            }
            const isKept = protectedEnvironments.includes(registration.labels.environment ?? "");
            const isLifted = registration.annotations[unprotectedAnnotation] === "true";
            if (!isKept || isLifted || (await applicationsOf(registration)).every(mayGo)) {
                return [];
            }
            return [settings.protect ? whileProtected(registration, stack) : inOneStep(registration, stack)];
        }),
    );
    if (refused.flat().length > 0) {
        throw new Error(refused.flat().join("\n  "));
    }
}

/** Whether a person or the stack has allowed the deletion of an Application that the hub protects. */
export function mayGo({ metadata }: Application): boolean {
    return metadata.annotations?.[allowDeleteAnnotation] === "true";
}

function whileLeftAlone({ cluster, secret }: Registration, stack: string): string {
    const name = shortStackName(stack);
    return (
        `hubspoke:clusters.${cluster}: is not in the settings any more, and Argo CD leaves it alone (annotation ` +
        `${skipReconcileAnnotation} of Secret ${secret}), so nothing would be removed there. Put it back; then ` +
        `\`${liftCommand(stack, cluster)}\`, and remove it after that. If the cluster is lost: ` +
        `\`npm run forget -- ${name} --cluster ${cluster}\``
    );
}

function inOneStep({ cluster, labels }: Registration, stack: string): string {
    const name = shortStackName(stack);
    return (
        `hubspoke:protect: is false, and clusters.${cluster} is removed in the same change: the hub protects ` +
        `${labels.environment}, and the deletion would still be refused. Put the cluster back, run ${upCommands(name)}, ` +
        "and remove it then"
    );
}

function whileProtected({ cluster, labels }: Registration, stack: string): string {
    const name = shortStackName(stack);
    return (
        `hubspoke:clusters.${cluster}: is not in the settings any more, and the hub protects ${labels.environment}: all ` +
        `that Argo CD delivers to it would be deleted. Put it back. To remove it, write \`hubspoke:protect: false\` with ` +
        `the cluster still in Pulumi.${name}.yaml, run ${upCommands(name)}, and remove the cluster then`
    );
}
