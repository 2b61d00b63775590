import type { Permissions } from "../../settings/credentials";
import type { ArgoCdValues } from "./names";

/**
 * Values for Argo CD's own rights on the hub. The chart's ClusterRoles allow the controller everything; without them
 * the chart's Roles in Argo CD's namespace are enough for all components. The repo server runs what is in Git, and
 * calls no API server, so its pods get no token (as in argo-cd, manifests/base/repo-server).
 */
export function rightsValues({ admin }: Permissions): ArgoCdValues {
    const noToken = { automountServiceAccountToken: false };
    return {
        createClusterRoles: admin,
        repoServer: { ...noToken, serviceAccount: noToken },
    };
}
