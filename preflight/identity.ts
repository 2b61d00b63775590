import type { EnvironmentSettings } from "../settings/environment";
import type { Cloud } from "../settings/identity";

/**
 * Finds clusters to which Argo CD is to connect with an identity of a cloud that the hub does not have. A node's role
 * could serve on AWS and Google Cloud; Azure's needs the label that the hub's setting gives to the pods.
 *
 * @param identities clouds at which Argo CD has an identity; nothing where the hub's stack does not say it
 * @returns a warning for each such cluster, with the remedy
 * @throws Error for a cluster to which Argo CD can never connect
 */
export function missingIdentities(
    { clusters }: Pick<EnvironmentSettings, "clusters">,
    identities: readonly Cloud[] | undefined,
): string[] {
    const missing = Object.entries(clusters).flatMap(([name, { credentials: { type } }]) =>
        isCloud(type) && !identities?.includes(type) ? [{ name, cloud: type }] : [],
    );
    const impossible = missing.filter(({ cloud }) => identities !== undefined && cloud === "azure");
    if (impossible.length > 0) {
        throw new Error(impossible.map(({ name, cloud }) => `${problem(name, cloud)}. ${remedy(cloud)}`).join("\n  "));
    }
    return missing.map(({ name, cloud }) =>
        identities === undefined
            ? `hubspoke:clusters.${name}.credentials.type: is "${cloud}", and the hub does not say whether Argo CD has such ` +
              `an identity. ${remedy(cloud)}`
            : `${problem(name, cloud)}, so that only a role of the hub's nodes can serve. ${remedy(cloud)}`,
    );
}

function isCloud(type: string): type is Cloud {
    return ["aws", "gcp", "azure"].includes(type);
}

function problem(name: string, cloud: Cloud): string {
    return (
        `hubspoke:clusters.${name}.credentials.type: is "${cloud}", and Argo CD on the hub has no identity of that ` +
        "cloud"
    );
}

function remedy(cloud: Cloud): string {
    return `Set identity.${cloud} in the hub's stack, and run pulumi up --stack hub (docs/security.md)`;
}
