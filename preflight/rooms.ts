import type { Application } from "../clusters/applications";
import { nameLabel, shortStackName, unprotectedAnnotation, upCommands } from "../clusters/names";
import { isLeftAlone, type Registration } from "../clusters/registrations";
import { hasRoomFor } from "../components/applications/clusterFacts";
import { chosenFor } from "../components/applications/rooms";
import type { HubApplication, HubOutputs } from "../components/hubOutputs";
import { argoCdNameOf } from "../settings/argoCdName";
import type { EnvironmentSettings } from "../settings/environment";
import { collisions, deliveriesOn, missingRules } from "./deliveries";
import { mayGo } from "./removals";
import { takenBySecrets } from "./secretsNamespaces";

/**
 * Refuses settings of an environment that do not fit the hub's applications.
 *
 * @param applicationsOf the Applications that deliver to a registered cluster
 * @throws Error with all problems
 */
export async function refuseUnfitRooms(
    settings: Pick<EnvironmentSettings, "clusters" | "environment" | "namespaces" | "protect" | "secrets">,
    hub: Pick<HubOutputs, "applications" | "rollout">,
    existing: readonly Registration[],
    stack: string,
    applicationsOf: (registration: Registration) => Promise<readonly Application[]>,
): Promise<void> {
    const { clusters, environment, namespaces } = settings;
    const names = hub.applications.map(({ name }) => name);
    const own = Object.entries(clusters).map(([cluster, spoke]) => {
        const applications = chosenFor(hub, { environment }, spoke).map(({ name }) => name);
        return { cluster, argoCdName: argoCdNameOf(cluster, spoke), applications };
    });
    const others = deliveriesOn(existing.filter((one) => one.stack !== stack), names);
    const problems = [
        ...missingRules([...new Set(own.flatMap(({ applications }) => applications))]),
        ...unknown("namespaces", Object.keys(namespaces), names),
        ...Object.entries(clusters).flatMap(([cluster, { revisions }]) => [
            ...unknown(`clusters.${cluster}.revisions`, Object.keys(revisions), names),
            ...unfitPins(cluster, revisions, hub.applications),
        ]),
        ...own
            .filter(({ applications }) => applications.length === 0)
            .map(
                ({ cluster }) =>
                    `hubspoke:clusters.${cluster}: no application of the hub is for this cluster. Change its labels, or a ` +
                    "`selector` or `deliver` in the hub's stack; or take the cluster out",
            ),
        ...takenBySecrets(settings, hub),
        ...collisions([...others, ...own]).map((problem) => `hubspoke:clusters: ${problem}`),
        ...(await protectedDepartures(settings, hub, existing, stack, applicationsOf)),
    ];
    if (problems.length > 0) {
        throw new Error(problems.join("\n  "));
    }
}

function unknown(setting: string, given: readonly string[], names: readonly string[]): string[] {
    return given
        .filter((name) => !names.includes(name))
        .map((name) => `hubspoke:${setting}.${name}: is no application of the hub's stack. Correct its name, or remove it`);
}

function unfitPins(
    cluster: string,
    pins: EnvironmentSettings["clusters"][string]["revisions"],
    applications: readonly HubApplication[],
): string[] {
    return applications.flatMap(({ name, twoRevisions }) => {
        const pin = pins[name];
        const at = `hubspoke:clusters.${cluster}.revisions.${name}.values`;
        if (pin === undefined || (pin.values !== undefined) === twoRevisions) {
            return [];
        }
        return twoRevisions
            ? [`${at}: is missing: the chart and its values files have a revision each. Write the commit of the values files`]
            : [`${at}: is for an application with \`values\` in another repository. Remove it`];
    });
}

/** Applications that would leave a cluster of a protected environment. */
async function protectedDepartures(
    { clusters, environment, protect }: Pick<EnvironmentSettings, "clusters" | "environment" | "protect">,
    hub: Pick<HubOutputs, "applications" | "rollout">,
    existing: readonly Registration[],
    stack: string,
    applicationsOf: (registration: Registration) => Promise<readonly Application[]>,
): Promise<string[]> {
    if (!(hub.rollout.protectedEnvironments ?? []).includes(environment)) {
        return [];
    }
    const found = await Promise.all(
        existing.map(async (registration) => {
            const spoke = clusters[registration.cluster];
            const isLifted = registration.annotations[unprotectedAnnotation] === "true";
            if (spoke === undefined || registration.stack !== stack || isLifted || isLeftAlone(registration)) {
                return [];
            }
            const stay = chosenFor(hub, { environment }, spoke).map(({ name }) => name);
            const leave = hub.applications
                .map(({ name }) => name)
                .filter((name) => hasRoomFor(name, registration.labels) && !stay.includes(name));
            const kept = (leave.length === 0 ? [] : await applicationsOf(registration)).filter((application) => {
                return leave.includes(application.metadata.labels?.[nameLabel] ?? "") && !mayGo(application);
            });
            const { cluster } = registration;
            return kept.map(({ metadata }) => aboutDeparture(metadata.name, cluster, environment, stack, protect));
        }),
    );
    return found.flat();
}

function aboutDeparture(name: string, cluster: string, environment: string, stack: string, protect: boolean): string {
    const short = shortStackName(stack);
    const lift = `${upCommands(short)} with \`hubspoke:protect: false\` while the application is still for the cluster`;
    return (
        `hubspoke:clusters.${cluster}: the Application ${name} would be deleted with all that it delivers, and the hub protects ` +
        `${environment}. Keep its \`selector\` and \`deliver\`, and the labels of the cluster` +
        (protect ? `. To remove it, run ${lift}; then do this again` : `: \`protect: false\` is not up yet. Run ${lift}`)
    );
}
