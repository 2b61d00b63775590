import type { HubSettings } from "../settings/hub";

/** API group of the Prometheus operator. */
export const operatorGroup = "monitoring.coreos.com";

/**
 * Refuses objects of the Prometheus operator on a hub that does not have it: their creation would fail half-way.
 *
 * @param groups names of the API groups that the hub serves
 * @throws Error that names the setting
 */
export function refuseMissingOperator({ alerts }: Pick<HubSettings, "alerts">, groups: readonly string[]): void {
    if (alerts.objects === "operator" && !groups.includes(operatorGroup)) {
        throw new Error(
            'hubspoke:alerts.objects: is "operator", but the hub has no Prometheus operator. Install it first, or write ' +
                '"auto" or "files"',
        );
    }
}
