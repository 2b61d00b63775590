import { type Application, namesOf } from "../clusters/applications";
import { defaultProjectName } from "../clusters/names";
import type { HubSettings } from "../settings/hub";

/** Limit of the names in a message. */
const shown = 20;

/**
 * Why the AppProject `default` cannot be locked: Argo CD would no longer sync the Applications in it.
 *
 * @returns the problem, with the Applications and the remedies; undefined if there is none
 */
export function stoppedApplications(applications: readonly Application[]): string | undefined {
    const stopped = applications
        .filter(({ spec }) => ["", defaultProjectName].includes(spec?.project ?? ""))
        .sort((left, right) => left.metadata.name.localeCompare(right.metadata.name));
    if (stopped.length === 0) {
        return undefined;
    }
    return (
        `hubspoke:defaultProject: would be locked, and Argo CD would no longer sync the Applications in it: ` +
        `${namesOf(stopped, shown)}. Move them to an AppProject of their own, or write ` +
        "`hubspoke:defaultProject: unmanaged` until then"
    );
}

/**
 * Refuses to lock the AppProject `default` while Applications are in it.
 *
 * @throws Error that lists them
 */
export function refuseToStop(
    { defaultProject }: Pick<HubSettings, "defaultProject">,
    applications: readonly Application[],
): void {
    const problem = defaultProject === "unmanaged" ? undefined : stoppedApplications(applications);
    if (problem !== undefined) {
        throw new Error(problem);
    }
}
