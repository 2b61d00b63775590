import { expect } from "chai";
import { rolloutOf, rolloutRules, syncWindows } from "../../components/applications/rollout";
import { refuseForgottenEnvironments, refuseUnfitForRollout } from "../../preflight/rollout";
import { hubApplications, theAgent } from "./support/applications";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import type { HubSettings } from "../../settings/hub";

const agent = { repository: "https://git.example.com/agent.git", revision: "main" };

function hub(more: object = {}): HubSettings {
    return parseSettings({
        role: "hub", cluster: { context: "hub" }, domain: "example.com", agent, ...more,
    }) as HubSettings;
}

function environment(name: string, clusters: Record<string, object>): EnvironmentSettings {
    const spokes = Object.entries(clusters).map(([cluster, more]) => [
        cluster,
        { context: cluster, labels: { region: "eu" }, ...more },
    ]);
    return parseSettings({
        role: "environment",
        environment: name,
        hub: { context: "hub" },
        clusters: Object.fromEntries(spokes) as object,
    }) as EnvironmentSettings;
}

describe("the rollout", () => {
    it("pinned: uses each cluster's revision from its Secret, or the agent's branch, without an order", () => {
        expect(rolloutOf(hub().rollout, theAgent())).to.deep.equal({
            revisions: {
                chart: '{{ index (get .metadata "annotations" | default dict) "revision" | default "main" }}',
                values: '{{ index (get .metadata "annotations" | default dict) "values-revision.hubspoke/agent" | default "" }}',
            },
            strategy: undefined,
        });
    });

    it("rolling: follows the branch everywhere, one step after another", () => {
        const steps = [{ environments: ["staging", "test"], maxUpdate: "50%" }, { environments: ["prod"] }];
        expect(rolloutOf(hub({ rollout: { strategy: "rolling", steps } }).rollout, theAgent())).to.deep.equal({
            revisions: { chart: "main", values: "" },
            strategy: {
                type: "RollingSync",
                rollingSync: {
                    steps: [
                        {
                            matchExpressions: [{ key: "environment", operator: "In", values: ["staging", "test"] }],
                            maxUpdate: "50%",
                        },
                        { matchExpressions: [{ key: "environment", operator: "In", values: ["prod"] }], maxUpdate: 1 },
                    ],
                },
            },
        });
    });

    it("gives an environment's sync windows to the Applications of its clusters", () => {
        const window = { kind: "deny", schedule: "0 22 * * 5", duration: "60h" };
        expect(syncWindows("agent", hub({ syncWindows: { prod: [window] } }).syncWindows)).to.deep.equal([
            { ...window, timeZone: "UTC", manualSync: false, applications: ["agent-prod", "agent-prod-*"] },
        ]);
    });
});

describe("an environment that does not fit the hub's rollout", () => {
    const windows = { prod: [{ kind: "deny", schedule: "0 22 * * 5", duration: "60h" }] };
    const rolling = { rollout: { strategy: "rolling", steps: [{ environments: ["staging"] }] } };
    const refused: [name: string, hub: object, environment: EnvironmentSettings, error: RegExp][] = [
        ["no step names it", rolling, environment("prod", { prod: {} }), /hubspoke:environment: .*no step names prod/],
        [
            "Argo CD would ignore a cluster's pin",
            rolling,
            environment("staging", { staging: { revision: "v1" } }),
            /hubspoke:clusters\.staging\.revision: is v1, but the hub's rollout is "rolling".*Remove it/,
        ],
        ["it is protected and has no pin", {}, environment("prod", { prod: {} }), /hubspoke:clusters\.prod\.revision: is missing/],
        [
            "its windows would not apply to a cluster",
            { syncWindows: windows },
            environment("prod", { main: { revision: "v1" } }),
            /hubspoke:clusters\.main: the sync windows of prod apply to clusters named prod or prod-…/,
        ],
        [
            "another environment's windows would apply to a cluster",
            { syncWindows: windows },
            environment("staging", { "prod-like": {} }),
            /hubspoke:clusters\.prod-like: the sync windows of prod apply .* but this one is in staging/,
        ],
    ];
    for (const [name, settings, given, error] of refused) {
        it(`is refused: ${name}`, () => {
            const facts = { applications: hubApplications(), rollout: rolloutRules(hub(settings)) };
            expect(() => refuseUnfitForRollout(given, facts)).to.throw(error);
        });
    }

    const accepted: [name: string, hub: object, environment: EnvironmentSettings][] = [
        ["staging without a pin", {}, environment("staging", { staging: {} })],
        ["prod with a pin, and windows", { syncWindows: windows }, environment("prod", { "prod-eu": { revision: "v1" } })],
        ["prod without a pin where it is not protected", { protectedEnvironments: [] }, environment("prod", { prod: {} })],
        ["one whose name only begins like that of windows", { syncWindows: windows }, environment("production", { production: {} })],
        ["an environment of a step", rolling, environment("staging", { staging: {} })],
    ];
    for (const [name, settings, given] of accepted) {
        it(`is not ${name}`, () => {
            refuseUnfitForRollout(given, { applications: hubApplications(), rollout: rolloutRules(hub(settings)) });
        });
    }

    it("needs a pin of each application that its selector chooses for the environment, and of no other", () => {
        const source = { repository: "https://git.example.com/shop.git", namespace: "shop" };
        const selectedBy = (name: string) => {
            const shop = { ...source, selector: { matchLabels: { environment: name } } };
            return hubApplications({ agent, applications: { shop } });
        };
        const given = environment("prod", { prod: { revision: "v1" } });
        const rollout = rolloutRules(hub());
        const refuse = (name: string) => refuseUnfitForRollout(given, { applications: selectedBy(name), rollout });
        expect(() => refuse("prod")).to.throw(/hubspoke:clusters\.prod\.revisions\.shop\.revision: is missing/);
        refuse("dr");
    });

    it("is told with all that is wrong, each on its line", () => {
        const settings = { ...rolling, syncWindows: windows };
        const facts = { applications: hubApplications(), rollout: rolloutRules(hub(settings)) };
        const given = environment("prod", { main: { revision: "v1" } });
        const lines = ["environment: .*", "clusters.main.revision: .*", "clusters.main: the sync windows of .*"];
        const all = new RegExp(`^${lines.map((line) => `hubspoke:${line}`).join("\n {2}")}$`);
        expect(() => refuseUnfitForRollout(given, facts)).to.throw(all);
    });

    it("is also found from the hub's side: a step that was removed", () => {
        const settings = hub(rolling);
        expect(() => refuseForgottenEnvironments(settings, ["staging", "prod", "prod", "dr"])).to.throw(
            "hubspoke:rollout.steps: no step names dr, prod",
        );
        refuseForgottenEnvironments(settings, ["staging"]);
        refuseForgottenEnvironments(hub(), ["anything"]);
    });
});
