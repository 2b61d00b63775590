import type { Application } from "../clusters/applications";
import type { ClusterAddress } from "../clusters/kubeconfig";
import { argoCdNamespace, deliveredLabel } from "../clusters/names";
import type { Registration } from "../clusters/registrations";
import { find } from "../clusters/request";
import { hasRoomFor } from "../components/applications/clusterFacts";
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
