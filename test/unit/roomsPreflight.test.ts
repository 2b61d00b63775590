import { expect } from "chai";
import type { Application } from "../../clusters/applications";
import type { Registration } from "../../clusters/registrations";
import { refuseUnfitRooms } from "../../preflight/rooms";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { agentSource, hubApplications } from "./support/applications";
import { mockPulumi } from "./support/mocks";
import { registration } from "./support/registration";
import { useRulesFolder, writeRules } from "./support/rulesFolder";

const stack = "organization/hubspoke/prod";
const vault = { type: "vault", server: "https://vault.example.com" };
const shop = { repository: "https://git.example.com/shop.git", revision: "v1", namespace: "shop" };
const own = { deploy: "true", environment: "prod", region: "eu", "app.kubernetes.io/managed-by": "pulumi" };
const rollout = { strategy: "pinned", pinned: [], rolled: undefined, windowed: [], soak: "10m" } as const;

describe("an environment and the hub's applications", () => {
    beforeEach(() => mockPulumi());
    useRulesFolder(() => writeRules(["agent", "shop", "web", "eu-shop"]));

    interface Given {
        readonly agent?: object | undefined;
        readonly applications?: object;
        readonly clusters?: Record<string, object>;
        readonly settings?: object;
        readonly protectedEnvironments?: readonly string[];
        readonly existing?: readonly Registration[];
        readonly delivered?: readonly Application[];
    }

    /** What the check says; empty where it accepts the settings. By default the hub has the agent and `shop`. */
    const check = async (given: Given) => {
        const { applications = { shop }, clusters = { prod: {} }, existing = [], delivered = [] } = given;
        const settings = parseSettings({
            role: "environment",
            environment: "prod",
            hub: { context: "hub" },
            clusters: Object.fromEntries(
                Object.entries(clusters).map(([name, more]) => [name, { context: name, labels: { region: "eu" }, ...more }]),
            ),
            ...given.settings,
        }) as EnvironmentSettings;
        // A hub of an earlier version does not say which it protects.
        const { protectedEnvironments = [] } = given;
        const hub = {
            applications: hubApplications({ agent: "agent" in given ? given.agent : agentSource, applications }),
            rollout: { ...rollout, ...(protectedEnvironments.length > 0 && { protectedEnvironments }) },
        };
        const asked: string[] = [];
        const message = await refuseUnfitRooms(settings, hub, existing, stack, ({ cluster }) => {
            asked.push(cluster);
            return Promise.resolve(delivered);
        }).then(() => "", (error: Error) => error.message);
        return { asked, message };
    };
    const message = async (given: Given) => (await check(given)).message;

    const forGpu = { ...shop, selector: { gpu: "true" } };
    const values = { repository: "https://git.example.com/values.git", path: "a" };
    const chart = { chart: "oci://ghcr.io/example/charts/web", version: "1.4.2", namespace: "web", values };

    it("are refused with each problem on its line", async () => {
        const applications = { shop: { ...shop, namespace: "external-secrets" }, web: chart, other: { ...shop, namespace: "other" } };
        const revisions = {
            web: { revision: "1.4.2" }, shop: { revision: "v1", values: "abc" }, gone: { revision: "v1" },
        };
        const settings = { namespaces: { sohp: {} }, secrets: { store: vault } };
        expect(await message({ applications, clusters: { prod: { revisions } }, settings })).to.equal(
            [
                "hubspoke:applications.other: rules/other.json does not exist, which has the kinds of its chart. Run " +
                    "`npm run rules -- other`, and commit the file",
                "hubspoke:namespaces.sohp: is no application of the hub's stack. Correct its name, or remove it",
                "hubspoke:clusters.prod.revisions.gone: is no application of the hub's stack. Correct its name, or remove it",
                "hubspoke:clusters.prod.revisions.shop.values: is for an application with `values` in another repository. Remove it",
                "hubspoke:clusters.prod.revisions.web.values: is missing: the chart and its values files have a revision each. " +
                    "Write the commit of the values files",
                'hubspoke:secrets.operator.source: is "install", and the operator\'s namespace external-secrets is that of the ' +
                    'application shop. Write "existing" if shop is the operator, or give it another namespace in the hub\'s stack',
            ].join("\n  "),
        );
    });

    it("fit with a pin of each kind that its application needs", async () => {
        const revisions = { web: { revision: "1.4.2", values: "abc" }, shop: { revision: "v1" } };
        expect(await message({ applications: { shop, web: chart }, clusters: { prod: { revisions } } })).to.equal("");
    });

    it("fit without rules of an application that none of the clusters gets", async () => {
        const other = { ...forGpu, namespace: "other" };
        expect(await message({ applications: { shop, other } })).to.equal("");
    });

    it("need an application for each cluster", async () => {
        const clusters = { prod: { labels: { region: "eu", gpu: "true" } }, dr: {} };
        expect(await message({ agent: undefined, applications: { shop: forGpu }, clusters })).to.equal(
            "hubspoke:clusters.dr: no application of the hub is for this cluster. Change its labels, or a `selector` or " +
                "`deliver` in the hub's stack; or take the cluster out",
        );
    });

    it("must not give two Applications one name, also with one on a cluster of another stack", async () => {
        const labels = { ...own, "applications.hubspoke/eu-shop": "true", "applications.hubspoke/shop": "true" };
        const elsewhere = registration({ cluster: "eu-shop-prod", argoCdName: "shop-prod", stack: "organization/hubspoke/dr", labels });
        const applications = { "agent-shop": { ...shop, namespace: "web" } };
        writeRules(["agent-shop"]);
        const collision =
            "hubspoke:clusters: the Application agent-shop-prod would be that of agent on eu-shop-prod and of agent-shop on " +
            "prod. Rename the newer one";
        expect(await message({ applications, existing: [elsewhere] })).to.equal(collision);
        expect(await message({ applications, existing: [{ ...elsewhere, stack }] })).to.equal("");
        expect(await message({ applications, existing: [{ ...elsewhere, stack: undefined }] })).to.equal(collision);
    });

    describe("of a protected environment", () => {
        const protectedEnvironments = ["prod"];
        const room = { "applications.hubspoke/shop": "true" };
        const existing = (given: Partial<Registration> = {}) => [
            registration({ cluster: "prod", stack, labels: { ...own, ...room }, annotations: {}, ...given }),
        ];
        const application = (name: string, annotations = {}) => ({
            metadata: { name: `${name}-prod`, labels: { "app.kubernetes.io/name": name }, annotations },
        });
        const leaving = {
            applications: { shop: { ...shop, deliver: false } },
            protectedEnvironments,
            existing: existing(),
            delivered: [application("agent"), application("shop"), { metadata: { name: "of-another-tool" } }],
        };
        const refusal =
            "hubspoke:clusters.prod: the Application shop-prod would be deleted with all that it delivers, and the hub protects " +
            "prod. Keep its `selector` and `deliver`, and the labels of the cluster";

        it("do not leave a cluster by the way, but after the protection is lifted", async () => {
            const lift =
                "`pulumi up --stack prod` (with shards `npm run fleet -- up prod`) with `hubspoke:protect: false` while the " +
                "application is still for the cluster";
            expect(await message(leaving)).to.equal(`${refusal}. To remove it, run ${lift}; then do this again`);
            const lifted = { ...leaving, settings: { protect: false } };
            expect(await message(lifted)).to.equal(`${refusal}: \`protect: false\` is not up yet. Run ${lift}`);
        });

        it("do not leave it by its labels either", async () => {
            const applications = { shop: forGpu };
            expect(await message({ ...leaving, applications })).to.include(refusal);
            expect(await message({ ...leaving, applications, clusters: { prod: { labels: { region: "eu", gpu: "true" } } } }))
                .to.equal("");
        });

        const free: [why: string, given: Given][] = [
            ["in another environment", { protectedEnvironments: ["dr"] }],
            ["from a hub of an earlier version, which protects none", { protectedEnvironments: [] }],
            ["from a cluster that leaves with them, which another check refuses", { clusters: { dr: {} } }],
            ["from a cluster of another stack", { existing: existing({ stack: "organization/hubspoke/dr" }) }],
            ["from a cluster in quarantine", { existing: existing({ annotations: { "argocd.argoproj.io/skip-reconcile": "true" } }) }],
            ["once the protection is lifted", { existing: existing({ annotations: { "hubspoke/unprotected": "true" } }) }],
        ];
        for (const [why, given] of free) {
            it(`may leave ${why}`, async () => {
                expect(await message({ ...leaving, ...given })).to.equal("");
            });
        }

        it("are asked for only where one would leave", async () => {
            expect((await check({ ...leaving, applications: { shop } })).asked).to.deep.equal([]);
            expect((await check(leaving)).asked).to.deep.equal(["prod"]);
        });

        it("may leave where none of them is delivered", async () => {
            expect(await message({ ...leaving, delivered: [application("agent"), { metadata: { name: "x" } }] })).to.equal("");
        });
    });
});
