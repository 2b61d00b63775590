import { ClusterRole, ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { connectingAccounts } from "../../clusters/federation";
import { accountName, argoCdNamespace } from "../../clusters/names";
import { agentKey } from "../../settings/agentKey";
import type { Permissions } from "../../settings/credentials";
import type { NamespaceLimits } from "../../settings/delivery";
import { ApplicationNamespace } from "../applications/namespace";
import { onceMade } from "../support/onceMade";
import { marked } from "../support/stackMark";
import type { AdoptedNamespace } from "./adoption";
import { takeOver } from "../support/takeOver";
import { Grants, kindRules } from "./grants";
import { besideRooms, rulesOf } from "./rules";

/**
 * The components of Argo CD that connect to a cluster: the controller syncs, and argocd-server shows live objects. On
 * its own hub each does so with its own account.
 */
const subjects = connectingAccounts.map((name) => ({
    kind: "ServiceAccount" as const,
    name,
    namespace: argoCdNamespace,
}));

/** The agent's namespace on the hub. */
export interface AgentOnHub {
    readonly namespace: string;
    readonly limits: NamespaceLimits;
    /** The namespace's own labels and annotations, if it existed before the stack. */
    readonly adopted?: AdoptedNamespace | undefined;
}

export interface HubRightsArgs {
    readonly permissions: Permissions;
    /** Where the agent runs on the hub; undefined if it does not. */
    readonly agent: AgentOnHub | undefined;
    /** The hub's stack, for the mark on every object. */
    readonly stack: string;
}

/**
 * Argo CD's rights on the hub outside its own namespace: none, if it delivers nothing to the hub. With the agent on the
 * hub they are those on a spoke. For `permissions.admin` the chart has ClusterRoles of its own.
 */
export class HubRights extends pulumi.ComponentResource {
    /**
     * When the rights were given, as RFC 3339: Argo CD drops from its cache of a cluster what it may not read, until
     * the cache is invalidated. Undefined without rights.
     */
    readonly since: pulumi.Output<string> | undefined;

    constructor(name: string, args: HubRightsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:HubRights", name, {}, marked(args.stack, opts));

        const { permissions, agent } = args;
        if (agent !== undefined) {
            this.since = latest(this.likeOnSpoke(name, agent, permissions).times);
        } else if (permissions.kinds.length > 0) {
            this.since = latest(this.onKinds(name, permissions));
        }
        this.registerOutputs();
    }

    private likeOnSpoke(name: string, agent: AgentOnHub, permissions: Permissions): Grants {
        const application = agentKey;
        const { namespaceName } = new ApplicationNamespace(`${name}-agent`, { ...agent, application }, { parent: this });
        const room = {
            key: `-${agent.namespace}`,
            application,
            namespace: namespaceName,
            rules: rulesOf(application),
            clusterKinds: [],
        };
        const beside = besideRooms(permissions, [agent.namespace], [room.rules], []);
        const given = { subjects, rooms: [room], beside, permissions, logs: false };
        return new Grants(name, given, { parent: this });
    }

    /** On the hub these are the kinds alone, without the agent's. */
    private onKinds(name: string, permissions: Permissions): pulumi.Output<string>[] {
        const metadata = { name: accountName, annotations: takeOver };
        const role = new ClusterRole(`${name}-role`, { metadata, rules: kindRules(permissions) }, { parent: this });
        const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name };
        const binding = new ClusterRoleBinding(`${name}-binding`, { metadata, roleRef, subjects }, { parent: this });
        return [role, binding].map((object) => onceMade(object, object.metadata.creationTimestamp));
    }
}

/** The last of these times. */
function latest(times: readonly pulumi.Output<string>[]): pulumi.Output<string> {
    return pulumi.all([...times]).apply((all) => [...all].sort().at(-1) ?? "");
}
