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
const lifted = { ...gone, annotations: { "hubspoke/unprotected": "true" } };
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
        expect(error).to.match(
            /protect: false`.*\.prod\.yaml, run `pulumi up --stack prod` \(with shards `npm run fleet -- up prod`\)/,
        );
    });

    it("is refused together with `protect: false`, with the order: the state still has the protection", async () => {
        const error = await failure(remove(settings({ protect: "false" })));
        expect(error).to.match(/hubspoke:protect: is false, and clusters\.prod-b is removed in the same change/);
        expect(error).to.match(/Put the cluster back, run `pulumi up --stack prod` .*, and remove it then/);
    });

    it("is refused while Argo CD leaves it alone, in any environment, with the commands that go on", async () => {
        const alone = { ...lifted, annotations: { ...lifted.annotations, "argocd.argoproj.io/skip-reconcile": "true" } };
        for (const kept of [["prod"], []]) {
            const error = await failure(remove(settings({ protect: "false" }), [alone], kept));
            expect(error).to.match(/clusters\.prod-b: .*leaves it alone/);
            expect(error).to.match(/`npm run quarantine -- prod --cluster prod-b --lift`, /);
            expect(error).to.match(/`npm run forget -- prod --cluster prod-b`/);
        }
    });

    it("is refused while one of its Applications may not be deleted, and each cluster is named on its line", async () => {
        const other = { ...gone, cluster: "prod-c" };
        const error = await failure(remove(settings(), [gone, other], ["prod"], [freed, application]));
        const named = error.split("\n  ").map((line) => line.slice(0, line.indexOf(": ")));
        expect(named).to.deep.equal(["hubspoke:clusters.prod-b", "hubspoke:clusters.prod-c"]);
    });

    const free: [name: string, removal: () => Promise<void>][] = [
        ["where an earlier `up` has lifted the protection", () => remove(settings({ protect: "false" }), [lifted])],
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
