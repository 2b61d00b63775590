import { anyBranch, clouds, proposing, reviewed, type Workflow, workflows } from "./expected";
import { type Finding, finding, ok } from "./finding";

/** An environment of a repository; undefined for what the user may not read. */
export interface EnvironmentFacts {
    readonly reviewers: number;
    /** Patterns for the branches and tags that may use it. */
    readonly branches: readonly string[] | "any" | undefined;
    /** Values of its variables. */
    readonly variables: Readonly<Record<string, string>> | undefined;
    /** Names of its secrets. */
    readonly secrets: readonly string[] | undefined;
}

/** A repository's settings. */
export interface RepositoryFacts {
    readonly defaultBranch: string;
    readonly variables: Readonly<Record<string, string>> | undefined;
    readonly secrets: readonly string[] | undefined;
    readonly environments: Readonly<Record<string, EnvironmentFacts>>;
    /** Whether workflows may open pull requests. */
    readonly mayPropose: boolean | undefined;
}

const wrong = (text: string) => finding("fail", text);
const unknown = (text: string) => finding("unknown", text);

/** Compares a repository's settings with the needs of the enabled workflows; a disabled one is `ok`. */
export function judgeRepository(facts: RepositoryFacts): Finding[] {
    if (facts.variables === undefined) {
        return [unknown("the repository's variables: it is unknown which workflows are enabled")];
    }
    const { variables } = facts;
    const on = workflows.filter(({ variable }) => variables[variable] === "true");
    const off = workflows.filter((workflow) => !on.includes(workflow));
    return [
        ...on.flatMap(({ environments }) => environments.flatMap((name) => judgeEnvironment(name, facts))),
        ...judgeProposals(off, facts),
        ...off.map(({ file, variable }) => ok(`${file} is disabled; the variable ${variable} with the value true enables it`)),
    ];
}

function judgeEnvironment(name: string, facts: RepositoryFacts): Finding[] {
    const found = facts.environments[name];
    if (found === undefined) {
        return [wrong(`environment ${name}: is missing. Create it under Settings, Environments`)];
    }
    const { defaultBranch } = facts;
    const findings: Finding[] = [];
    if (reviewed.includes(name) && found.reviewers === 0) {
        findings.push(wrong(`environment ${name}: has no required reviewers. Add them`));
    }
    if (!anyBranch.includes(name)) {
        findings.push(...judgeBranches(name, found.branches, defaultBranch));
    }
    return [...findings, ...judgeAccess(name, found, facts)];
}

function judgeBranches(name: string, branches: EnvironmentFacts["branches"], defaultBranch: string): Finding[] {
    if (branches === undefined) {
        return [unknown(`environment ${name}: the branches that may use it`)];
    }
    const others = branches === "any" ? ["any branch"] : branches.filter((branch) => branch !== defaultBranch);
    return others.length === 0
        ? []
        : [
              wrong(
                  `environment ${name}: ${others.join(", ")} may use it. ` +
                      `Limit its deployment branches to ${defaultBranch}`,
              ),
          ];
}

/** Whether the jobs of an environment can reach a state, decrypt it, and reach clusters. */
function judgeAccess(name: string, environment: EnvironmentFacts, facts: RepositoryFacts): Finding[] {
    if (environment.variables === undefined || environment.secrets === undefined || facts.secrets === undefined) {
        return [unknown(`environment ${name}: its variables and secrets, which an administrator may list`)];
    }
    const variables = { ...facts.variables, ...environment.variables };
    const secrets = [...facts.secrets, ...environment.secrets];
    const has = (key: string) => secrets.includes(key) || (variables[key] ?? "") !== "";
    const at = (text: string) => wrong(`environment ${name}: ${text}`);
    const findings: Finding[] = [];
    if (!has("PULUMI_ACCESS_TOKEN") && !has("PULUMI_BACKEND_URL")) {
        findings.push(at("names no state. Set the variable PULUMI_BACKEND_URL, or the secret PULUMI_ACCESS_TOKEN"));
    }
    const cloudIsSet = Object.values(clouds).some(([first]) => has(first));
    if (!has("PULUMI_CONFIG_PASSPHRASE") && !has("PULUMI_ACCESS_TOKEN") && !cloudIsSet) {
        findings.push(at("cannot decrypt. Set the secret PULUMI_CONFIG_PASSPHRASE, or the login to the cloud that has its key"));
    }
    if (!has("KUBECONFIG") && !has("CLUSTERS")) {
        findings.push(at("names no cluster. Set the variable CLUSTERS, or the secret KUBECONFIG"));
    }
    for (const [first, ...others] of Object.values(clouds)) {
        const missing = has(first) ? others.filter((variable) => !has(variable)) : [];
        findings.push(...missing.map((variable) => at(`has ${first} but no ${variable}. Set that variable`)));
    }
    const named = (variables.CLUSTERS ?? "").split("\n").map((line) => line.trim().split(/\s+/)[1] ?? "");
    for (const [cloud, [first]] of Object.entries(clouds)) {
        if (named.includes(cloud) && !has(first)) {
            findings.push(at(`CLUSTERS names a cluster of ${cloud}, but has no login there. Set the variable ${first}`));
        }
    }
    return findings;
}

function judgeProposals(off: readonly Workflow[], { mayPropose }: RepositoryFacts): Finding[] {
    if (mayPropose === true) {
        return [];
    }
    const files = proposing.filter((name) => off.every(({ file }) => file !== name));
    const what = `${files.join(", ")} may open pull requests`;
    return mayPropose === undefined
        ? [unknown(`Actions: whether ${what}`)]
        : [wrong(`Actions: the settings do not allow that ${what}. Allow it under Settings, Actions, General, Workflow permissions`)];
}
