import { publishedCluster } from "../../preflight/published";
import { InputError } from "../../settings/inputError";
import type { HubSettings } from "../../settings/hub";
import type { EnvironmentStack } from "../support/stacks";

/**
 * Keeps a cluster to which the users' name points: a failover needs its registration to move them.
 *
 * @throws InputError with the failover's command
 */
export async function refuseUsersOn(
    { hub }: Pick<EnvironmentStack, "hub">,
    { domain, traffic }: Pick<HubSettings, "domain" | "traffic">,
    clusters: readonly string[],
): Promise<void> {
    const active = traffic && (await publishedCluster(hub, { domain, traffic }));
    if (active !== undefined && clusters.includes(active)) {
        throw new InputError(
            `--cluster ${active}: the users' name points to it, so it is kept. Move them first: ` +
                "npm run failover -- --to ANOTHER-CLUSTER. Or remove hubspoke:traffic from the hub's stack file, and " +
                "bring that up",
        );
    }
}
