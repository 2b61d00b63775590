import { expiresAnnotation } from "../clusters/names";
import type { Registration } from "../clusters/registrations";
import { audienceOf } from "../components/account/clusterConfig";
import type { EnvironmentSettings, SpokeSettings } from "../settings/environment";

/**
 * Says which credential Argo CD has for each cluster: one line for the preview.
 *
 * @param existing the registrations on the hub, which tell the end of the token that is in use
 */
export function credentialKinds(
    { clusters, environment }: Pick<EnvironmentSettings, "clusters" | "environment">,
    existing: readonly Registration[],
    stack: string,
): string {
    const own = existing.filter((registration) => registration.stack === stack);
    const kinds = Object.entries(clusters).map(([name, { credentials }]) => {
        const ends = own.find(({ cluster }) => cluster === name)?.annotations[expiresAnnotation];
        return `${name}: ${kindOf(credentials, environment, ends)}`;
    });
    return `Argo CD's credentials (docs/security.md#credentials): ${kinds.join("; ")}`;
}

function kindOf(credentials: SpokeSettings["credentials"], environment: string, ends: string | undefined): string {
    switch (credentials.type) {
        case "federated":
            return `none on the hub, since the cluster trusts the hub's issuer (audience ${audienceOf(credentials, environment)})`;
        case "token":
            return credentials.lifetime === undefined
                ? "a token that never ends"
                : `a token for ${credentials.lifetime}${ends === undefined ? "" : `, which ends at ${ends} unless it is renewed`}`;
        case "aws":
        case "azure":
        case "exec":
        case "gcp":
            return `an identity, by ${credentials.type}`;
    }
}
