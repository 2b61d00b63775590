import { expect } from "chai";
import type { Application } from "../../clusters/applications";
import { refuseProtectedRemovals } from "../../preflight/removals";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { failure } from "./support/failure";
import { registration } from "./support/registration";

const stack = "organization/hubspoke/prod";
const labels = { environment: "prod" };
const gone = registration({ cluster: "prod-b", stack, labels });
const application: Application = { metadata: { name: "agent-prod-b" } };
const freed: Application = { metadata: { name: "agent-prod-b", annotations: { "hubspoke/allow-delete": "true" } } };

function settings(more: object = {}): EnvironmentSettings {
    const clusters = { prod: { context: "prod", labels: { region: "eu" } } };
    return parseSettings({ role: "environment", environment: "prod", hub: { context: "hub" }, clusters, ...more }) as EnvironmentSettings;
}

describe("a cluster that leaves the settings", () => {
    const remove = (
        given: EnvironmentSettings,
        existing = [gone],
        kept: readonly string[] | undefined = ["prod"],
        applications = [application],
    ) => refuseProtectedRemovals(given, existing, stack, kept, () => Promise.resolve(applications));

    it("is refused where the hub protects its environment, with the way to lift that", async () => {
        const error = await failure(remove(settings()));
        expect(error).to.match(/clusters\.prod-b: is not in the settings any more, and the hub protects prod/);
        expect(error).to.match(/`hubspoke:protect: false`.*Pulumi\.prod\.yaml, run `pulumi up --stack prod`/);
    });

    const free: [name: string, removal: () => Promise<void>][] = [
        ["where the stack file lifts the protection", () => remove(settings({ protect: "false" }))],
        ["where the hub protects other environments, or does not say", () => remove(settings(), [gone], ["dr"])],
        ["where the hub does not say what it protects", () => remove(settings(), [gone], [])],
        ["without Applications, or with one that may be deleted", () => remove(settings(), [gone], ["prod"], [freed])],
        ["that another stack registered", () => remove(settings(), [registration({ cluster: "x", stack: "other", labels })])],
        ["that stays", () => remove(settings(), [registration({ cluster: "prod", stack, labels })])],
    ];
    for (const [name, removal] of free) {
        it(`may go ${name}`, removal);
    }
});
