import { argoCdNameOf } from "../settings/argoCdName";
import type { SpokeSettings } from "../settings/environment";
import { clusterSecretName, shortStackName } from "../clusters/names";
import { isOfCluster, type Registration, sameServer } from "../clusters/registrations";

/**
 * Refuses a cluster that another stack, another tool or a person has registered already: if two Secrets have the same
 * URL, Argo CD uses an arbitrary one; if two have the same name, its cluster generator keeps only one.
 *
 * @param servers URL of each cluster that the stack registers, by name
 * @param adopted the Secrets that the stack adopts, by the cluster's name
 * @param settings the clusters' settings, for their names in Argo CD
 * @throws Error that names the existing registration, and how to adopt it
 */
export function refuseSecondRegistration(
    servers: Readonly<Record<string, string>>,
    existing: readonly Registration[],
    stack: string,
    adopted: Readonly<Record<string, string>> = {},
    settings: Readonly<Record<string, Partial<Pick<SpokeSettings, "name" | "clusterSecret">>>> = {},
): void {
    const others = existing.filter((registration) => registration.stack !== stack);
    const problems = Object.entries(servers).flatMap(([name, server]) =>
        others
            .filter(
                (other) =>
                    isOfCluster(other, { name: argoCdNameOf(name, settings[name]), server }) ||
                    other.secret === (settings[name]?.clusterSecret ?? clusterSecretName(name)) ||
                    (other.stack !== undefined && other.cluster === name),
            )
            .filter((other) => other.secret !== adopted[name])
            .map(
                (other) =>
                    `hubspoke:clusters.${name}: the hub already has a cluster "${other.argoCdName}" at ${other.server} ` +
                    `(Secret ${other.secret}, ${other.stack ? `of stack ${other.stack}` : "from another tool"}). ` +
                    (other.stack
                        ? "Choose another name and API server, or remove that registration first"
                        : `Adopt it with npm run adopt -- ${shortStackName(stack)}, or choose another name and API server`),
            ),
    );
    if (problems.length > 0) {
        throw new Error(problems.join("\n  "));
    }
}

/**
 * Refuses two clusters of one stack with the same API server.
 *
 * @throws Error that names both
 */
export function refuseSharedServer(servers: Readonly<Record<string, string>>): void {
    const entries = Object.entries(servers);
    for (const [index, [name, server]] of entries.entries()) {
        const twin = entries.slice(0, index).find(([, other]) => sameServer(other, server));
        if (twin !== undefined) {
            throw new Error(
                `hubspoke:clusters.${name}: has the same API server as clusters.${twin[0]}, ${server}. ` +
                    "Correct its context, or remove one of the two",
            );
        }
    }
}
