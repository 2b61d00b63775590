import type { Impersonation } from "../../settings/impersonation";
import type { ArgoCdValues } from "./names";

/** Values for syncs as an account of each application (argo-cd, operator-manual/app-sync-using-impersonation). */
export function impersonationValues(impersonation: Impersonation): ArgoCdValues {
    return impersonation === "on" ? { configs: { cm: { "application.sync.impersonation.enabled": "true" } } } : {};
}
