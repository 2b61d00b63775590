/** Host name of Argo CD in the fleet's domain. */
export function argoCdHost(domain: string): string {
    return `argocd.${domain}`;
}

/** Values for the argo-cd chart. */
export type ArgoCdValues = Readonly<Record<string, unknown>>;
