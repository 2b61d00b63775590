import type { HubSettings } from "../../settings/hub";

/**
 * Whether a `destroy` is refused for the objects that all Applications depend on: the namespace, the release with its
 * CRDs, the password of Redis, the AppProject, the ApplicationSet, and the guard that checks for registered clusters.
 * The flags are in the stack's state, because a `destroy` runs no program: a change of the setting needs an `up`.
 */
export function isProtected({ lab, protect }: Pick<HubSettings, "lab" | "protect">): boolean {
    return protect ?? !lab;
}
