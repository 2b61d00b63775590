import { dnsDomainAnnotation, domainAnnotation, revisionAnnotation } from "../clusters/names";
import type { HubOutputs } from "../components/hubOutputs";
import type { Adoption, Adoptions } from "../components/account/adoption";
import { type Application, applicationsOf } from "../clusters/applications";
import type { EnvironmentSettings } from "../settings/environment";
import { ownLabels } from "../settings/labels";
import type { ClusterAddress } from "../clusters/kubeconfig";
import { isOfCluster, type Registration } from "../clusters/registrations";
import { ask } from "../clusters/request";

/** A cluster of the settings, and what the hub's outputs say about it. */
export interface Candidate {
    readonly name: string;
    /** URL of the API server that the stack would register. */
    readonly server: string;
    readonly settings: Pick<EnvironmentSettings, "environment" | "clusters">;
    readonly hub: Pick<HubOutputs, "domain" | "agentNamespace">;
}

/**
 * The registration that a cluster's `clusterSecret` names, if another tool or a person created it; undefined if it does
 * not exist or belongs to this stack.
 *
 * @param stack the environment's stack
 * @throws Error that names the setting, if the Secret belongs to another stack or to another cluster
 */
export function registrationToAdopt(
    { name, server, settings }: Candidate,
    existing: readonly Registration[],
    stack: string,
): Registration | undefined {
    const secret = settings.clusters[name]?.clusterSecret;
    const registration = existing.find((one) => one.secret === secret);
    if (registration === undefined || registration.stack === stack) {
        return undefined;
    }
    if (registration.stack !== undefined || !isOfCluster(registration, { name, server })) {
        throw new Error(
            `hubspoke:clusters.${name}.clusterSecret: Secret ${secret} registers "${registration.cluster}" at ` +
                `${registration.server}${registration.stack ? ` for stack ${registration.stack}` : ""}. Remove the ` +
                "setting, or name this cluster's own Secret",
        );
    }
    return registration;
}

/**
 * The changes by an adoption that Applications see: the name, the URL, labels and annotations. A changed name or label
 * can delete the Applications that were generated from it.
 *
 * @returns for each difference the setting, the registered value, and what to write; empty if there is no difference
 */
export function differences({ name, server, settings, hub }: Candidate, registration: Registration): string[] {
    const at = `hubspoke:clusters.${name}`;
    const problems: string[] = [];
    const compare = (setting: string, path: string, given: string | undefined, registered: string | undefined) => {
        if (registered !== undefined && given !== registered) {
            problems.push(
                `${setting}: is ${given === undefined ? "missing" : `"${given}"`}, but the registration to adopt ` +
                    `(Secret ${registration.secret}) has "${registered}". Write \`${path}: "${registered}"\``,
            );
        }
    };
    if (registration.cluster !== name) {
        problems.push(
            `${at}: the registration to adopt (Secret ${registration.secret}) has the name "${registration.cluster}", ` +
                `which its Applications use. Write clusters.${registration.cluster} instead of clusters.${name}`,
        );
    }
    const spoke = settings.clusters[name];
    compare(`${at}.server`, "server", server, registration.server);
    compare("hubspoke:environment", "hubspoke:environment", settings.environment, registration.labels.environment);
    const labels = Object.entries(registration.labels).filter(([key]) => !ownLabels.includes(key));
    for (const [key, value] of labels) {
        compare(`${at}.labels.${key}`, `labels.${key}`, spoke?.labels[key], value);
    }
    if (registration.labels.deploy === undefined && spoke?.labels.deploy === "true") {
        problems.push(
            `${at}.labels.deploy: is "true", but the registration to adopt has no such label: the agent is not ` +
                'delivered there. Write `deploy: "false"`; change it to "true" after the adoption',
        );
    }
    const { annotations } = registration;
    compare(`${at}.domain`, "domain", spoke?.domain ?? `${name}.${hub.domain}`, annotations[domainAnnotation]);
    compare(`${at}.dnsDomain`, "dnsDomain", spoke?.dnsDomain, annotations[dnsDomainAnnotation]);
    compare(`${at}.revision`, "revision", spoke?.revision, annotations[revisionAnnotation]);
    return problems;
}

/**
 * Applications that the new account could not manage, because they do not deliver to the agent's namespace; empty if
 * the account gets the whole cluster.
 */
export function outOfReach({ name, settings, hub }: Candidate, applications: readonly Application[]): string[] {
    if (settings.clusters[name]?.permissions.scope === "cluster") {
        return [];
    }
    return applications
        .map(({ metadata, spec }) => ({ application: metadata.name, namespace: spec?.destination?.namespace }))
        .filter(({ namespace }) => namespace !== hub.agentNamespace)
        .map(
            ({ application, namespace }) =>
                `hubspoke:clusters.${name}.permissions: Application ${application} delivers to ` +
                `${namespace ? `namespace ${namespace}` : "no specific namespace"}, but the new account has rights ` +
                `in ${hub.agentNamespace} only. Move it, or write \`scope: cluster\` with the kinds`,
        );
}

/**
 * Finds the registrations that the stack adopts: those that `clusterSecret` names and another tool or a person created.
 *
 * @param spokes the clusters' own API servers, by name
 * @throws Error that lists what the adoption would change or break, and what to write
 */
export async function findAdoptions(
    candidates: readonly Candidate[],
    existing: readonly Registration[],
    stack: string,
    hub: { readonly address: ClusterAddress; readonly argoCdNamespace: string },
    spokes: Readonly<Record<string, ClusterAddress>>,
): Promise<Adoptions> {
    const problems: string[] = [];
    const adoptions: Record<string, Adoption> = {};
    for (const candidate of candidates) {
        const { name, server } = candidate;
        const registration = registrationToAdopt(candidate, existing, stack);
        const spoke = spokes[name];
        if (registration === undefined || spoke === undefined) {
            continue;
        }
        const applications = await applicationsOf(hub.address, hub.argoCdNamespace, { cluster: name, server });
        problems.push(...differences(candidate, registration), ...outOfReach(candidate, applications));
        const { status } = await ask(spoke, `api/v1/namespaces/${candidate.hub.agentNamespace}`);
        adoptions[name] = { secret: registration.secret, namespaceExists: status === 200 };
    }
    if (problems.length > 0) {
        throw new Error(problems.join("\n  "));
    }
    return adoptions;
}
