import type { HubSettings } from "../../settings/hub";

/**
 * Whether a `destroy` is refused for what all Applications hang on: the namespace, the release with its CRDs, the
 * password of Redis, the AppProject, the ApplicationSet, and the guard that looks for registered clusters. The flags
 * live in the stack's state, since a `destroy` runs no program: after a change of the setting comes an `up`.
 */
export function isProtected({ lab, protect }: Pick<HubSettings, "lab" | "protect">): boolean {
    return protect ?? !lab;
}
