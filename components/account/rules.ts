import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import agentRules from "../../rules/agent.json";
import { agentKey } from "../../settings/agentKey";
import type { Permissions } from "../../settings/credentials";
import { InputError } from "../../settings/inputError";

/** One rule of a Role (rbac.authorization.k8s.io/v1, PolicyRule). */
export interface PolicyRule {
    readonly apiGroups: string[];
    readonly resources: string[];
    readonly verbs: string[];
}

/**
 * The file with an application's rules, which `npm run rules` writes beside the stack files.
 *
 * @param folder the folder of the stack files
 */
export function rulesFile(application: string, folder: string): string {
    return path.join(folder, "rules", `${application}.json`);
}

/** The applications that have no rules yet. */
export function withoutRules(applications: readonly string[]): string[] {
    return applications.filter((application) => findRules(application) === undefined);
}

/**
 * Argo CD's rights on the kinds of an application's chart, in the application's own namespace.
 *
 * @throws InputError if they have not been written
 */
export function rulesOf(application: string): PolicyRule[] {
    const rules = findRules(application);
    if (rules === undefined) {
        throw new InputError(`rules/${application}.json is missing. Write it: npm run rules -- ${application}`);
    }
    return rules;
}

/** The rules beside the stack files; for the agent also those of this repository, which has its chart. */
function findRules(application: string): PolicyRule[] | undefined {
    const file = rulesFile(application, pulumi.getRootDirectory());
    if (existsSync(file)) {
        return JSON.parse(readFileSync(file, "utf8")) as PolicyRule[];
    }
    return application === agentKey ? agentRules : undefined;
}

/** Verbs that read. */
export const reading = ["get", "list", "watch"];

/** Verbs of an account that delivers a kind. */
export const delivering = [...reading, "create", "update", "patch", "delete"];

/**
 * Rights in one application's namespace on a cluster that has others too: full rights on its own kinds, and to read the
 * kinds of the others. Where Argo CD may read a kind in one of a cluster's namespaces, it must read it in all of them,
 * or it does not read the cluster (gitops-engine, pkg/cache/cluster.go, `checkPermission` and its callers).
 */
export function rulesBeside(own: readonly PolicyRule[], others: readonly (readonly PolicyRule[])[]): PolicyRule[] {
    const given = new Set(own.flatMap(kindsOf));
    const missing = [...new Set(others.flat().flatMap(kindsOf))].filter((kind) => !given.has(kind));
    return [...own, ...rulesByGroup(missing, reading)];
}

/**
 * Rights in the namespaces that Argo CD manages beside the applications' own: those of the agent, for Applications of
 * others, and to read the kinds of all, for the reason in {@link rulesBeside}.
 *
 * @param permissions its `namespaces` may name a room too; with `admin` no namespace needs rights of its own
 * @param rooms the applications' namespaces
 * @param rules the rules of the applications
 * @param agents those of the agent; none where it is not on the cluster
 */
export function besideRooms(
    { namespaces, admin }: Pick<Permissions, "admin" | "namespaces">,
    rooms: readonly string[],
    rules: readonly (readonly PolicyRule[])[],
    agents: readonly PolicyRule[],
) {
    const others = admin ? [] : [...new Set(namespaces)].filter((namespace) => !rooms.includes(namespace));
    return others.map((namespace) => ({ key: `.${namespace}`, namespace, rules: rulesBeside(agents, rules) }));
}

/**
 * One rule for each API group.
 *
 * @param kinds a group and a resource each, such as `apps/deployments`, or `/pods` of the core group
 */
export function rulesByGroup(kinds: readonly string[], verbs: string[]): PolicyRule[] {
    const groups = new Map<string, string[]>();
    for (const kind of [...kinds].sort()) {
        const slash = kind.indexOf("/");
        const group = kind.slice(0, slash);
        groups.set(group, [...(groups.get(group) ?? []), kind.slice(slash + 1)]);
    }
    return [...groups].map(([group, resources]) => ({ apiGroups: [group], resources, verbs }));
}

function kindsOf({ apiGroups, resources }: PolicyRule): string[] {
    return apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`));
}
