import { type Application, deliveredNamespaces, isAgents, namesOf } from "../clusters/applications";
import { agentKey } from "../settings/agentKey";
import type { Permissions } from "../settings/credentials";
import type { HubSettings } from "../settings/hub";

/** Argo CD's reach on a cluster, as the settings limit it. */
export interface Reach {
    /** Path of the setting `permissions`. */
    readonly setting: string;
    readonly permissions: Pick<Permissions, "scope" | "namespaces" | "kinds" | "admin">;
    /** Namespaces of the applications that have room there. */
    readonly rooms: readonly string[];
}

/**
 * Applications that Argo CD could not manage any more with these permissions: its cluster Secret lists the namespaces,
 * and Argo CD refuses all others (gitops-engine, pkg/cache/cluster.go, "is not managed").
 *
 * @returns a sentence about each, with what to write; empty if all are within reach
 */
export function outOfReach(reach: Reach, applications: readonly Application[]): string[] {
    const { setting, permissions, rooms } = reach;
    const allowed = [...rooms, ...permissions.namespaces];
    const found = applications.map((application) => {
        const outside = deliveredNamespaces(application).filter((namespace) => !allowed.includes(namespace));
        const unknown = permissions.scope === "namespaces" && !application.spec?.destination?.namespace;
        return { application, outside, unknown };
    });
    const far = found.filter(({ outside, unknown }) => outside.length > 0 || unknown);
    if (far.length === 0) {
        return [];
    }
    const needed = [...new Set([...permissions.namespaces, ...far.flatMap(({ outside }) => outside)])].sort();
    const list = `namespaces: [${needed.join(", ")}]`;
    const remedy =
        permissions.scope === "cluster" ? `write \`${list}\`` : `write \`scope: cluster\` with the kinds, and \`${list}\``;
    return far.map(({ application, outside }) => {
        const where = outside.length === 0 ? "no specific namespace" : `namespace ${outside.join(", ")}`;
        const within = allowed.length === 0 ? "nothing there" : `${allowed.join(", ")} only`;
        return (
            `hubspoke:${setting}: Application ${namesOf([application])} delivers to ${where}, but Argo CD would manage ` +
            `${within}. Move it, or ${remedy}`
        );
    });
}

/** The same for the hub itself, where the agent's own Application goes when `labels.deploy` says so. */
export function outOfReachOnHub(
    { permissions, applications: all }: Pick<HubSettings, "applications" | "permissions">,
    deliversAgent: boolean,
    applications: readonly Application[],
): string[] {
    const agents = all.filter(({ name }) => deliversAgent && name === agentKey);
    const reach = { setting: "permissions", permissions, rooms: agents.map(({ namespace }) => namespace) };
    return outOfReach(
        reach,
        // A removed agent leaves before its rights do; with rights of others, it would lose its project first.
        applications.filter((application) => permissions.scope === "cluster" || !isAgents(application)),
    );
}
