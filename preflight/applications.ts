import { type Application, applicationSetPath, projectPath } from "../clusters/applications";
import type { ClusterAddress } from "../clusters/kubeconfig";
import { argoCdNamespace, deliveredLabel, nameLabel } from "../clusters/names";
import type { Registration } from "../clusters/registrations";
import { find } from "../clusters/request";
import { hasRoomFor } from "../components/applications/clusterFacts";
import { descriptionOf } from "../components/applications/project";
import { agentKey } from "../settings/agentKey";
import type { ApplicationSettings } from "../settings/applications";
import type { HubSettings } from "../settings/hub";
import { collisions, deliveriesOn, type Delivery, grouped, missingRules } from "./deliveries";
import { isDelivered } from "./strangers";

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
    const delivered = deliveriesOn(existing, names);
    const problems = [
        ...missingRules(names),
        ...(await takenOut(names, existing, hub)),
        ...(await takenNames(applications, delivered, hub)),
        ...collisions(delivered).map((problem) => `hubspoke:applications: ${problem}`),
        ...(await movedNamespaces(applications, delivered, hub)),
    ];
    if (problems.length > 0) {
        throw new Error(problems.join("\n  "));
    }
}

/** Applications that are not in the settings any more, and have room on clusters: they leave those first. */
async function takenOut(
    names: readonly string[],
    existing: readonly Registration[],
    hub: ClusterAddress,
): Promise<string[]> {
    const prefix = deliveredLabel("");
    const marked = existing.flatMap(({ cluster, labels }) =>
        Object.entries(labels)
            .filter(([key, value]) => key.startsWith(prefix) && value === "true")
            .map(([key]) => ({ application: key.slice(prefix.length), cluster })),
    );
    // A cluster without a mark has the agent, if the hub has one.
    const roomy = existing.filter((one) => isDelivered(one) && hasRoomFor(agentKey, one.labels));
    const isAsked = !names.includes(agentKey) && roomy.length > 0;
    const set = isAsked ? await find(hub, applicationSetPath(argoCdNamespace, agentKey)) : undefined;
    const agents = set !== undefined ? roomy.map(({ cluster }) => ({ application: agentKey, cluster })) : [];
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

interface Named {
    readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
    readonly spec?: { readonly description?: string };
}

/**
 * New applications whose names the hub already uses for objects of somebody else. The agent's names are checked where a
 * hub is adopted (preflight/argoCd.ts): earlier versions made its objects without these marks.
 */
async function takenNames(
    applications: readonly ApplicationSettings[],
    delivered: readonly Delivery[],
    hub: ClusterAddress,
): Promise<string[]> {
    const asked = applications.filter(({ name }) => name !== agentKey && !isOnClusters(name, delivered));
    const found = await Promise.all(
        asked.map(async ({ name }) => {
            const [project, set] = await Promise.all([
                find<Named>(hub, projectPath(argoCdNamespace, name)),
                find<Named>(hub, applicationSetPath(argoCdNamespace, name)),
            ]);
            const taken = [
                ...(project && project.spec?.description !== descriptionOf(name) ? [`AppProject ${name}`] : []),
                ...(set && set.metadata?.labels?.[nameLabel] !== name ? [`ApplicationSet ${name}`] : []),
            ];
            return taken.length === 0
                ? []
                : [
                      `hubspoke:applications.${name}: the hub has ${taken.join(" and ")} already, not from this stack, which would create ` +
                          "objects of that name. Choose another name for the application, or delete what is there",
                  ];
        }),
    );
    return found.flat();
}

function isOnClusters(application: string, delivered: readonly Delivery[]): boolean {
    return delivered.some((one) => one.applications.includes(application));
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
    const asked = applications.filter(({ name }) => isOnClusters(name, delivered));
    const found = await Promise.all(
        asked.map(async ({ name, namespace }) => {
            const found = await find<ApplicationSet>(hub, applicationSetPath(argoCdNamespace, name));
            const before = found?.spec.template?.spec?.destination?.namespace;
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
