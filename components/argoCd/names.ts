import { argoCdNamespace } from "../../clusters/names";
import type { HubSettings } from "../../settings/hub";

/** Host name of Argo CD in the fleet's domain. */
export function argoCdHost(domain: string): string {
    return `argocd.${domain}`;
}

/** How a person reaches Argo CD: its address, or the commands where nothing leads there from outside the hub. */
export function loginOf({ ingress, domain, cluster }: Pick<HubSettings, "cluster" | "domain" | "ingress">): string {
    const context = cluster.context === undefined ? "" : ` --context ${cluster.context}`;
    return ingress === undefined
        ? `kubectl${context} --namespace ${argoCdNamespace} port-forward service/argocd-server 8443:443, then ` +
              "https://localhost:8443"
        : `https://${argoCdHost(domain)}`;
}

/** Values for the argo-cd chart. */
export type ArgoCdValues = Readonly<Record<string, unknown>>;
