import { chosenFor } from "../components/applications/rooms";
import { operatorNamespace } from "../components/applications/secretsOperator";
import type { HubOutputs } from "../components/hubOutputs";
import { agentKey } from "../settings/agentKey";
import type { EnvironmentSettings } from "../settings/environment";

/**
 * Applications whose namespace is also that of the operator which the stack installs for the agent's secrets, or of the
 * Secrets that are the agent's store.
 *
 * @returns each problem with its remedy
 */
export function takenBySecrets(
    { clusters, environment, secrets }: Pick<EnvironmentSettings, "clusters" | "environment" | "secrets">,
    hub: Pick<HubOutputs, "applications">,
): string[] {
    if (secrets === undefined) {
        return [];
    }
    const { operator, store } = secrets;
    const problems = Object.values(clusters).flatMap((spoke) => {
        const chosen = chosenFor(hub, { environment }, spoke);
        // Only a cluster with the agent gets its secrets.
        const own = chosen.some(({ name }) => name === agentKey) ? chosen : [];
        return own.flatMap(({ name, namespace }) => [
            ...(operator.source === "install" && namespace === operatorNamespace
                ? [
                      `hubspoke:secrets.operator.source: is "install", and the operator's namespace ${namespace} is that of the ` +
                          `application ${name}. Write "existing" if ${name} is the operator, or give it another namespace in ` +
                          "the hub's stack",
                  ]
                : []),
            ...(store.type === "kubernetes" && store.cluster === undefined && namespace === store.namespace
                ? [
                      `hubspoke:secrets.store.namespace: is the namespace of the application ${name}, whose chart could ` +
                          "change the secrets there. Keep the secrets in another namespace",
                  ]
                : []),
        ]);
    });
    return [...new Set(problems)];
}
