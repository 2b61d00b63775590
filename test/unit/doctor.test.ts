import { expect } from "chai";
import { exitCodeOf } from "../../scripts/doctor/finding";
import { readRepository } from "../../scripts/doctor/github";
import { type EnvironmentFacts, judgeRepository, type RepositoryFacts } from "../../scripts/doctor/repository";

const reached = { variables: {}, secrets: ["PULUMI_CONFIG_PASSPHRASE", "KUBECONFIG"] };
const onMain: EnvironmentFacts = { reviewers: 0, branches: ["main"], ...reached };
const reviewed: EnvironmentFacts = { ...onMain, reviewers: 1 };

/** A repository with every workflow turned on, and everything as it should be. */
const whole: RepositoryFacts = {
    defaultBranch: "main",
    variables: {
        ...{ HUBSPOKE_PREVIEW: "true", HUBSPOKE_DEPLOY: "true", HUBSPOKE_DRIFT: "true" },
        ...{ HUBSPOKE_ROTATE: "true", HUBSPOKE_FAILOVER: "true", PULUMI_BACKEND_URL: "s3://state" },
    },
    secrets: [],
    environments: {
        ...{ preview: { ...reviewed, branches: "any" }, hub: reviewed, staging: onMain, prod: reviewed, dr: reviewed },
        ...{ drift: onMain, rotation: onMain, failover: onMain },
    },
    mayPropose: true,
};

function changed(name: string, change: Partial<EnvironmentFacts>): RepositoryFacts {
    const environment = { ...whole.environments[name]!, ...change };
    return { ...whole, environments: { ...whole.environments, [name]: environment } };
}

const say = (facts: RepositoryFacts) =>
    judgeRepository(facts).map(({ level, text, remedy }) => `${level}: ${text}${remedy === undefined ? "" : `. ${remedy}`}`);

describe("npm run doctor -- --repository", () => {
    it("finds nothing if everything is like in docs/pull-requests.md", () => {
        expect(say(whole)).to.deep.equal([]);
    });

    const withoutRotation = Object.fromEntries(Object.entries(whole.environments).filter(([name]) => name !== "rotation"));
    const cases: { name: string; facts: RepositoryFacts; says: RegExp }[] = [
        { name: "a missing environment", facts: { ...whole, environments: withoutRotation }, says: /^fail: environment rotation: is missing/ },
        {
            name: "rotation for any branch",
            facts: changed("rotation", { branches: "any" }),
            says: /^fail: environment rotation: any branch may use it. Limit its deployment branches to main$/,
        },
        {
            name: "failover for branches beside main",
            facts: changed("failover", { branches: ["main", "release/*"] }),
            says: /^fail: environment failover: release\/\* may use it/,
        },
        { name: "branches that cannot be read", facts: changed("failover", { branches: undefined }), says: /^unknown: .*failover: the branches/ },
        { name: "a hub without reviewers", facts: changed("hub", { reviewers: 0 }), says: /^fail: environment hub: has no required reviewers/ },
        { name: "no cluster", facts: changed("dr", { secrets: ["PULUMI_CONFIG_PASSPHRASE"] }), says: /^fail: environment dr: names no cluster/ },
        { name: "no key", facts: changed("dr", { secrets: ["KUBECONFIG"] }), says: /^fail: environment dr: cannot decrypt/ },
        {
            name: "an incomplete login",
            facts: changed("prod", { variables: { AWS_ROLE_ARN: "arn:aws:iam::111122223333:role/ci" } }),
            says: /^fail: environment prod: has AWS_ROLE_ARN but no AWS_REGION/,
        },
        {
            name: "a cluster of a cloud without a login there",
            facts: changed("prod", { variables: { CLUSTERS: "hub gcp p europe-west1 hub" } }),
            says: /^fail: environment prod: CLUSTERS names a cluster of gcp, but has no login there. Set/,
        },
        { name: "secrets that cannot be listed", facts: changed("prod", { secrets: undefined }), says: /^unknown: environment prod: its variables and secrets/ },
        {
            name: "pull requests that workflows may not open",
            facts: { ...whole, mayPropose: false },
            says: /^fail: Actions: .* that rotate\.yml, failover\.yml, tools-lock\.yml may open pull requests/,
        },
        {
            name: "a workflow that is turned off",
            facts: { ...whole, variables: { ...whole.variables, HUBSPOKE_DRIFT: "false" } },
            says: /^ok: drift.yml is disabled; the variable HUBSPOKE_DRIFT/,
        },
    ];
    for (const { name, facts, says } of cases) {
        it(`names ${name}, and nothing else`, () => {
            const found = say(facts);
            expect(found).to.have.length(1);
            expect(found[0]).to.match(says);
        });
    }

    it("wants pull requests of workflows also where none is turned on: one has no variable", () => {
        const found = say({ ...whole, variables: {}, mayPropose: false }).filter((line) => !line.startsWith("ok"));
        expect(found).to.have.length(1);
        expect(found[0]).to.match(/^fail: Actions: .* that tools-lock\.yml may open pull requests/);
    });

    it("ends with 1 for what is wrong, 2 for what may not be read, and 0 for a workflow that is turned off", () => {
        const off = { ...whole, variables: { ...whole.variables, HUBSPOKE_DRIFT: "false" } };
        expect(exitCodeOf(judgeRepository(off))).to.equal(0);
        expect(exitCodeOf(judgeRepository({ ...off, mayPropose: undefined }))).to.equal(2);
        expect(exitCodeOf(judgeRepository({ ...off, mayPropose: false }))).to.equal(1);
    });

    it("requires neither a passphrase nor a kubeconfig if the login to a cloud is set up", () => {
        const variables = { AWS_ROLE_ARN: "arn:x", AWS_REGION: "eu-west-1", CLUSTERS: "hub aws eu-west-1 hub\nprod aws eu-west-1 prod" };
        expect(say(changed("prod", { variables, secrets: [] }))).to.deep.equal([]);
    });

    /** Answers as GitHub's REST API documents them. */
    const answers: Record<string, unknown> = {
        "repos/o/r": { full_name: "o/r", default_branch: "main" },
        "repos/o/r/actions/variables": { total_count: 1, variables: [{ name: "HUBSPOKE_ROTATE", value: "true" }] },
        "repos/o/r/actions/secrets": { total_count: 1, secrets: [{ name: "KUBECONFIG" }] },
        "repos/o/r/actions/permissions/workflow": { default_workflow_permissions: "read", can_approve_pull_request_reviews: true },
        "repos/o/r/branches": [{ name: "main" }, { name: "release" }],
        "repos/o/r/environments": {
            total_count: 3,
            environments: [
                { name: "rotation", protection_rules: [], deployment_branch_policy: null },
                {
                    name: "hub",
                    protection_rules: [
                        { id: 1, type: "required_reviewers", reviewers: [{ type: "User" }, { type: "Team" }] },
                        { id: 2, type: "branch_policy" },
                    ],
                    deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
                },
                {
                    name: "drift",
                    protection_rules: [{ id: 3, type: "branch_policy" }],
                    deployment_branch_policy: { protected_branches: true, custom_branch_policies: false },
                },
            ],
        },
        "repos/o/r/environments/hub/deployment-branch-policies": { total_count: 1, branch_policies: [{ id: 4, name: "main" }] },
        "repos/o/r/environments/hub/variables": { total_count: 1, variables: [{ name: "AWS_REGION", value: "eu-west-1" }] },
        "repos/o/r/environments/hub/secrets": { total_count: 1, secrets: [{ name: "PULUMI_CONFIG_PASSPHRASE" }] },
    };
    const api = (path: string) => Promise.resolve(answers[path.replace(/\?.*$/, "")]);

    it("reads what GitHub shows of a repository, and leaves the rest unknown", async () => {
        const unread = { variables: undefined, secrets: undefined };
        expect(await readRepository(api, "o/r")).to.deep.equal({
            defaultBranch: "main",
            variables: { HUBSPOKE_ROTATE: "true" },
            secrets: ["KUBECONFIG"],
            environments: {
                rotation: { reviewers: 0, branches: "any", ...unread },
                hub: { reviewers: 2, branches: ["main"], variables: { AWS_REGION: "eu-west-1" }, secrets: ["PULUMI_CONFIG_PASSPHRASE"] },
                drift: { reviewers: 0, branches: ["main", "release"], ...unread },
            },
            mayPropose: true,
        });
    });

    it("fails if GitHub does not show the repository", async () => {
        const failed = await readRepository(() => Promise.resolve(undefined), "o/r").catch((error: Error) => error.message);
        expect(failed).to.match(/GitHub shows no repository o\/r/);
    });
});
