import { type Application, applicationOn } from "../clusters/applications";
import type { ClusterAddress } from "../clusters/kubeconfig";
import { allowDeleteAnnotation, argoCdNamespace, deliveredLabel, nameLabel, shortStackName, unprotectedAnnotation } from "../clusters/names";
import { isLeftAlone, type Registration } from "../clusters/registrations";
import { find } from "../clusters/request";
import { withoutRules } from "../components/account/rules";
import { hasRoomFor } from "../components/applications/clusterFacts";
import { chosenFor } from "../components/applications/rooms";
import type { HubApplication, HubOutputs } from "../components/hubOutputs";
import { argoCdNameOf } from "../settings/argoCdName";
import { agentKey, type ApplicationSettings } from "../settings/applications";
import type { EnvironmentSettings } from "../settings/environment";
import type { HubSettings } from "../settings/hub";
import { isDelivered } from "./strangers";

/** A cluster by its name in Argo CD, and the names of the applications on it. */
interface Delivery {
    readonly cluster: string;
    readonly argoCdName: string;
    readonly applications: readonly string[];
}

/**
 * Refuses applications of the hub that cannot be delivered or may not go yet.
 *
 * @param existing the clusters that are registered on the hub
 * @throws Error with all problems
 */
export async function refuseUnfitApplications(
    { applications }: Pick<HubSettings, "applications">,
    existing: readonly Registration[],
    hub: ClusterAddress,
): Promise<void> {
    const names = applications.map(({ name }) => name);
    const delivered = existing.filter(isDelivered).map(({ cluster, argoCdName, labels }) => {
        return { cluster, argoCdName, applications: names.filter((name) => hasRoomFor(name, labels)) };
    });
    const problems = [
        ...missingRules(names),
        ...takenOut(names, existing),
        ...collisions(delivered).map((problem) => `hubspoke:applications: ${problem}`),
        ...(await movedNamespaces(applications, delivered, hub)),
    ];
    if (problems.length > 0) {
        throw new Error(problems.join("\n  "));
    }
}

/** Applications that are not in the settings any more, and have room on clusters: they leave those first. */
function takenOut(names: readonly string[], existing: readonly Registration[]): string[] {
    const prefix = deliveredLabel("");
    const marked = existing.flatMap(({ cluster, labels }) =>
        Object.entries(labels)
            .filter(([key, value]) => key.startsWith(prefix) && value === "true")
            .map(([key]) => ({ application: key.slice(prefix.length), cluster })),
    );
    const agents = existing
        .filter((one) => isDelivered(one) && hasRoomFor(agentKey, one.labels))
        .map(({ cluster }) => ({ application: agentKey, cluster }));
    const left = grouped([...marked, ...agents], ({ application }) => application);
    return [...left].flatMap(([application, where]) =>
        names.includes(application)
            ? []
            : [
                  `hubspoke:applications.${application}: is not in the settings any more, and is on ` +
                      `${where.map(({ cluster }) => cluster).join(", ")}. Put it back, under the same name, with \`deliver: false\`; ` +
                      "run `pulumi up` of the hub and then of the clusters' environments, and remove it after that",
              ],
    );
}

interface ApplicationSet {
    readonly spec: { readonly template?: Pick<Application, "spec"> };
}

/** Applications that would be made anew in another namespace, and their old objects deleted. */
async function movedNamespaces(
    applications: readonly ApplicationSettings[],
    delivered: readonly Delivery[],
    hub: ClusterAddress,
): Promise<string[]> {
    const asked = applications.filter(({ name }) => delivered.some((one) => one.applications.includes(name)));
    const found = await Promise.all(
        asked.map(async ({ name, namespace }) => {
            const path = `apis/argoproj.io/v1alpha1/namespaces/${argoCdNamespace}/applicationsets/${name}`;
            const before = (await find<ApplicationSet>(hub, path))?.spec.template?.spec?.destination?.namespace;
            const setting = name === agentKey ? "agent" : `applications.${name}`;
            return before === undefined || before === namespace
                ? []
                : [
                      `hubspoke:${setting}.namespace: is ${namespace}, and the application is in ${before} on its clusters. ` +
                          `Write ${before}. To move it, add it under another name with that namespace, and remove this one later`,
                  ];
        }),
    );
    return found.flat();
}

/**
 * Refuses settings of an environment that do not fit the hub's applications.
 *
 * @param applicationsOf the Applications that deliver to a registered cluster
 * @throws Error with all problems
 */
export async function refuseUnfitRooms(
    settings: Pick<EnvironmentSettings, "clusters" | "environment" | "namespaces" | "protect">,
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
    const others = existing
        .filter((one) => one.stack !== stack && isDelivered(one))
        .map(({ cluster, argoCdName, labels }) => {
            return { cluster, argoCdName, applications: names.filter((name) => hasRoomFor(name, labels)) };
        });
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
        ...collisions([...others, ...own]).map((problem) => `hubspoke:clusters: ${problem}`),
        ...(await protectedDepartures(settings, hub, existing, stack, applicationsOf)),
    ];
    if (problems.length > 0) {
        throw new Error(problems.join("\n  "));
    }
}

function missingRules(names: readonly string[]): string[] {
    return withoutRules(names).map(
        (name) =>
            `hubspoke:applications.${name}: rules/${name}.json does not exist, which has the kinds of its chart. Run ` +
            `\`npm run rules -- ${name}\`, and commit the file`,
    );
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

/** Names that two Applications would have, `agent` on `eu-prod` and `agent-eu` on `prod`, or that are too long. */
function collisions(deliveries: readonly Delivery[]): string[] {
    const all = deliveries.flatMap(({ cluster, argoCdName, applications }) =>
        applications.map((application) => ({ cluster, application, name: applicationOn(application, argoCdName) })),
    );
    const long = all
        .filter(({ name }) => name.length > longestName)
        .map(({ name, cluster }) => `the Application ${name} of ${cluster} would have a name of over ${longestName} characters`);
    const twins = [...grouped(all, ({ name }) => name)].flatMap(([name, [first, second]]) =>
        first === undefined || second === undefined || first.application === second.application
            ? []
            : [
                  `the Application ${name} would be that of ${first.application} on ${first.cluster} and of ` +
                      `${second.application} on ${second.cluster}. Rename the newer one`,
              ],
    );
    return [...long, ...twins];
}

/** Characters of an object's name (kubernetes.io/docs, "Object Names and IDs"). */
const longestName = 253;

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
            const kept = leave.length === 0 ? [] : (await applicationsOf(registration)).filter(({ metadata }) => {
                return leave.includes(metadata.labels?.[nameLabel] ?? "") && metadata.annotations?.[allowDeleteAnnotation] !== "true";
            });
            const { cluster } = registration;
            return kept.map(({ metadata }) => aboutDeparture(metadata.name, cluster, environment, stack, protect));
        }),
    );
    return found.flat();
}

function aboutDeparture(name: string, cluster: string, environment: string, stack: string, protect: boolean): string {
    const short = shortStackName(stack);
    const lift = `\`pulumi up --stack ${short}\` with \`hubspoke:protect: false\` while the application is still for the cluster`;
    return (
        `hubspoke:clusters.${cluster}: the Application ${name} would be deleted with all that it delivers, and the hub protects ` +
        `${environment}. Keep its \`selector\` and \`deliver\`, and the labels of the cluster` +
        (protect ? `. To remove it, run ${lift}; then do this again` : `: \`protect: false\` is not up yet. Run ${lift}`)
    );
}

/** Things by a key that they have in common. */
function grouped<Thing>(all: readonly Thing[], keyOf: (one: Thing) => string): Map<string, Thing[]> {
    const groups = new Map<string, Thing[]>();
    for (const one of all) {
        groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
    }
    return groups;
}
