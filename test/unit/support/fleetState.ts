import type { StateResource } from "../../../scripts/support/state";

const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"token"' };

export const environmentType = "hubspoke:index:Environment";
export const spokeType = "hubspoke:index:Spoke";
export const providerType = "pulumi:providers:kubernetes";

export function urn(stack: string, type: string, name: string): string {
    return `urn:pulumi:${stack}::hubspoke::${type}::${name}`;
}

/**
 * The resources of a stack with clusters, as the program makes them.
 *
 * @param modified when a run last changed the Secret of each cluster
 */
export function resourcesOf(
    stack: string,
    clusters: readonly string[],
    providerId = `id-of-${stack}`,
    modified?: string,
): StateResource[] {
    const root = urn(stack, "pulumi:pulumi:Stack", `hubspoke-${stack}`);
    const environment = urn(stack, environmentType, "prod");
    const hub = urn(stack, `${environmentType}$${providerType}`, "hub");
    const outputs = { clusters: Object.fromEntries(clusters.map((name) => [name, { server: `https://${name}` }])) };
    const spokes = clusters.flatMap((name): StateResource[] => {
        const spoke = urn(stack, `${environmentType}$${spokeType}`, name);
        const provider = urn(stack, `${environmentType}$${spokeType}$${providerType}`, name);
        return [
            { urn: spoke, type: spokeType, parent: environment },
            { urn: provider, type: providerType, id: `id-of-${name}`, parent: spoke },
            {
                urn: urn(stack, `${environmentType}$${spokeType}$kubernetes:core/v1:Secret`, `${name}-cluster-secret`),
                type: "kubernetes:core/v1:Secret",
                id: `argocd/cluster-${name}`,
                parent: spoke,
                provider: `${hub}::${providerId}`,
                dependencies: [provider],
                inputs: { data: secret, note: `prod is the stack ${stack}` },
                ...(modified !== undefined && { modified }),
            },
        ];
    });
    return [
        { urn: root, type: "pulumi:pulumi:Stack", outputs },
        { urn: environment, type: environmentType, parent: root, outputs },
        { urn: hub, type: providerType, id: providerId, parent: environment },
        ...spokes,
    ];
}
