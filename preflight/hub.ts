import type { HubSettings } from "../settings";
import { findCluster } from "./kubeconfig";
import { allOf } from "./problems";
import { get } from "./request";

/**
 * Checks that the hub's API server can be reached with its credentials.
 *
 * @throws pulumi.RunError that says what is wrong and what to do
 */
export async function checkHub(settings: HubSettings): Promise<void> {
    await allOf([() => get(findCluster("cluster", settings.cluster), "version")]);
}
