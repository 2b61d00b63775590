import type { Registration } from "../../../clusters/registrations";

/** A registration that `argocd cluster add` could have made, with what is given over it. */
export function registration(given: Partial<Registration> = {}): Registration {
    return {
        secret: "cluster-staging.example.com-1234567",
        cluster: "staging",
        argoCdName: given.cluster ?? "staging",
        server: "https://staging.example.com",
        stack: undefined,
        domain: undefined,
        labels: { "argocd.argoproj.io/secret-type": "cluster" },
        annotations: { "managed-by": "argocd.argoproj.io" },
        created: "2026-01-01T00:00:00Z",
        ...given,
    };
}
