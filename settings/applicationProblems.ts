import { agentKey } from "./agentKey";
import { applicationsOf, type ApplicationSettings, type GivenApplications } from "./applications";
import type { Problem } from "./given";

/** What of the applications contradicts another setting. */
export function applicationProblems(
    given: GivenApplications & {
        readonly traffic?: object | undefined;
        readonly labels: Readonly<Record<string, string | undefined>>;
    },
): Problem[] {
    if (given.agent !== undefined && agentKey in given.applications) {
        return [{ path: ["agent"], message: "is an application of that name too, in applications. Remove one of the two" }];
    }
    const all = applicationsOf(given);
    if (all.length === 0) {
        const message = "names no application. Add one, for example `agent: { repository: https://github.com/example/agent.git }`";
        return [{ path: ["applications"], message }];
    }
    const followed = all.filter(({ traffic }) => traffic).map(({ name }) => name);
    return [
        ...namespaceProblems(all),
        ...factsProblems(all),
        ...secondRevisionProblems(all),
        ...followed.slice(1).map((name) => ({
            path: ["applications", name, "traffic"],
            message: `is true, and users follow ${followed[0]} already. A failover moves users for one application: keep one`,
        })),
        ...(given.traffic !== undefined && followed.length === 0
            ? [{ path: ["traffic"], message: "moves users for no application. Write `traffic: true` for one in applications" }]
            : []),
        ...(given.labels.deploy === "true" && !all.some(({ name }) => name === agentKey)
            ? [{ path: ["labels", "deploy"], message: `is "true", and only the application agent is delivered to the hub. Remove it` }]
            : []),
    ];
}

/** Argo CD's rights on a namespace are those of one application. */
function namespaceProblems(all: readonly ApplicationSettings[]): Problem[] {
    return all.flatMap(({ name, namespace }, index) => {
        const twin = all.slice(0, index).find((other) => other.namespace === namespace);
        const message = `is the namespace of ${twin?.name} too. Each application has its own: choose another`;
        return twin === undefined ? [] : [{ path: ["applications", name, "namespace"], message }];
    });
}

/** Argo CD gives Helm one of the two (argo-cd, ApplicationSourceHelm, `ValuesYAML`). */
function factsProblems(all: readonly ApplicationSettings[]): Problem[] {
    const message =
        `is true (the default for ${agentKey}), and valuesObject is set: Argo CD would give the chart the cluster's facts ` +
        "alone. Write `facts: false`, or remove valuesObject";
    return all
        .filter(({ facts, valuesObject }) => facts && valuesObject !== undefined)
        .map(({ name }) => ({ path: ["applications", name, "facts"], message }));
}

/** A cluster has one setting for the agent's revision, and its Secret gives facts to the agent's only source. */
function secondRevisionProblems(all: readonly ApplicationSettings[]): Problem[] {
    const message =
        `is not for ${agentKey}, of which a cluster pins one revision: values files in another repository have their own. ` +
        "Write the values into valuesObject with `facts: false`, or choose another name for the application";
    return all
        .filter(({ name, source }) => name === agentKey && "chart" in source && source.values !== undefined)
        .map(({ name }) => ({ path: ["applications", name, "values"], message }));
}
