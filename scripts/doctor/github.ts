import type { EnvironmentFacts, RepositoryFacts } from "./repository";

/** Reads a path of GitHub's REST API; undefined if it does not exist, or the user may not read it. */
export type Api = (path: string) => Promise<unknown>;

interface Named {
    readonly name: string;
}

/** An environment in GitHub's answer (REST API, "Get all environments"). */
interface Environment extends Named {
    readonly protection_rules?: readonly { readonly type: string; readonly reviewers?: readonly unknown[] }[];
    readonly deployment_branch_policy: {
        readonly protected_branches: boolean;
        readonly custom_branch_policies: boolean;
    } | null;
}

/**
 * Reads a repository's settings. GitHub shows the names of secrets, and the names and values of variables.
 *
 * @param repository `owner/name`
 * @throws Error if the repository itself cannot be read
 */
export async function readRepository(api: Api, repository: string): Promise<RepositoryFacts> {
    const at = `repos/${repository}`;
    const itself = (await api(at)) as { default_branch: string } | undefined;
    if (itself === undefined) {
        throw new Error(`GitHub shows no repository ${repository}. Log in with \`gh auth login\`, or write another OWNER/NAME`);
    }
    const { environments = [] } = ((await api(`${at}/environments?per_page=100`)) ?? {}) as { environments?: Environment[] };
    const read = environments.map(async (one) => [one.name, await readEnvironment(api, at, one)] as const);
    const permissions = (await api(`${at}/actions/permissions/workflow`)) as
        | { can_approve_pull_request_reviews: boolean }
        | undefined;
    return {
        defaultBranch: itself.default_branch,
        variables: variablesIn(await api(`${at}/actions/variables?per_page=100`)),
        secrets: namesIn("secrets", await api(`${at}/actions/secrets?per_page=100`)),
        environments: Object.fromEntries(await Promise.all(read)),
        mayPropose: permissions?.can_approve_pull_request_reviews,
    };
}

async function readEnvironment(api: Api, at: string, environment: Environment): Promise<EnvironmentFacts> {
    const { name, protection_rules: rules = [], deployment_branch_policy: policy } = environment;
    const own = `${at}/environments/${encodeURIComponent(name)}`;
    const required = rules.filter(({ type }) => type === "required_reviewers");
    return {
        reviewers: required.flatMap(({ reviewers = [] }) => reviewers).length,
        branches:
            policy === null
                ? "any"
                : policy.custom_branch_policies
                  ? namesIn("branch_policies", await api(`${own}/deployment-branch-policies?per_page=100`))
                  : namesIn("branches", { branches: await api(`${at}/branches?protected=true&per_page=100`) }),
        variables: variablesIn(await api(`${own}/variables?per_page=100`)),
        secrets: namesIn("secrets", await api(`${own}/secrets?per_page=100`)),
    };
}

function namesIn(key: string, answer: unknown): string[] | undefined {
    const list = (answer as Record<string, readonly Named[] | undefined> | undefined)?.[key];
    return list?.map(({ name }) => name);
}

function variablesIn(answer: unknown): Record<string, string> | undefined {
    const list = (answer as { variables?: readonly (Named & { value: string })[] } | undefined)?.variables;
    return list && Object.fromEntries(list.map(({ name, value }) => [name, value]));
}
