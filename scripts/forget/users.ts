import { argoCdNamespace } from "../../clusters/names";
import { registrations } from "../../clusters/registrations";
import { publishedTarget } from "../../preflight/published";
import { InputError } from "../../settings/inputError";
import type { EnvironmentStack } from "../support/stacks";
import type { Registered } from "../support/registered";

/**
 * Keeps a cluster to which the users' name points: a failover needs its registration to move them.
 *
 * @throws InputError with the failover's command
 */
export async function refuseUsersOn({ hub }: Pick<EnvironmentStack, "hub">, { cluster, secret }: Registered): Promise<void> {
    const target = await publishedTarget(hub);
    const own = (await registrations(hub, argoCdNamespace)).find((registration) => registration.secret === secret);
    if (target !== undefined && own?.domain !== undefined && target === `agent.${own.domain}`) {
        throw new InputError(
            `--cluster ${cluster}: the name of the users points to it (${target}), so it is kept. Move them first: ` +
                "npm run failover -- --to ANOTHER-CLUSTER. Or remove hubspoke:traffic from the hub's stack file, and " +
                "bring that up",
        );
    }
}
