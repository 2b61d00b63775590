import { expect } from "chai";
import type { Application } from "../../clusters/applications";
import type { Registration } from "../../clusters/registrations";
import { descriptionOf } from "../../components/applications/project";
import { rolloutRules } from "../../components/applications/rollout";
import { refuseUnfitApplications } from "../../preflight/applications";
import { refuseUnfitRooms } from "../../preflight/rooms";
import { takenBySecrets } from "../../preflight/secretsNamespaces";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import type { HubSettings } from "../../settings/hub";
import { agentSource, applicationsIn, hubApplications } from "./support/applications";
import { mockPulumi } from "./support/mocks";
import { objectStore, type StoredObject } from "./support/objectStore";
import { registration } from "./support/registration";
import { useRulesFolder, writeRules } from "./support/rulesFolder";

const stack = "organization/hubspoke/prod";
const chart = { chart: "oci://ghcr.io/example/charts/retriever", version: "1.4.2" };
const retriever = { ...chart, namespace: "retriever", selector: { gpu: "true" } };
const vault = { type: "vault", server: "https://vault.example.com" };
const own = { deploy: "true", environment: "prod", region: "eu", "app.kubernetes.io/managed-by": "pulumi" };

async function messageOf(work: Promise<unknown>): Promise<string> {
    return work.then(
        () => "",
        (error: Error) => error.message,
    );
}

describe("the applications of a hub's stack", () => {
    beforeEach(() => mockPulumi());
    useRulesFolder(() => writeRules(["retriever", "agent-eu"]));

    /** @param objects what is on the hub, by its path */
    const ofHub = async (
        applications: object,
        existing: Registration[],
        objects: Record<string, StoredObject> = {},
        given: object = { agent: agentSource },
    ) => {
        const settings = { applications: applicationsIn({ ...given, applications }) };
        const hub = await objectStore(objects);
        try {
            return await messageOf(refuseUnfitApplications(settings, existing, hub.address));
        } finally {
            await hub.close();
        }
    };
    const onHub = (plural: string, name: string) => `apis/argoproj.io/v1alpha1/namespaces/argocd/${plural}/${name}`;

    it("may be without the agent, on clusters that never had it", async () => {
        const existing = [registration({ cluster: "prod", labels: { ...own, "applications.hubspoke/retriever": "true" } })];
        expect(await ofHub({ retriever }, existing, {}, {})).to.equal("");
        const agents = { [onHub("applicationsets", "agent")]: { metadata: { name: "agent" }, spec: {} } };
        const gone = /applications\.agent: is not in the settings any more, and is on prod/;
        expect(await ofHub({ retriever }, existing, agents, {})).to.match(gone);
    });

    it("are refused under the names of what others have on the hub", async () => {
        const foreign = {
            [onHub("appprojects", "retriever")]: { metadata: { name: "retriever" }, spec: { description: "Shop" } },
            [onHub("applicationsets", "retriever")]: { metadata: { name: "retriever" }, spec: {} },
        };
        const taken = /applications\.retriever: the hub has AppProject retriever and ApplicationSet .* already, not/;
        expect(await ofHub({ retriever }, [], foreign)).to.match(taken);
        const metadata = { name: "retriever", labels: { "app.kubernetes.io/name": "retriever" } };
        const description = descriptionOf("retriever");
        const made = {
            [onHub("appprojects", "retriever")]: { metadata, spec: { description } },
            [onHub("applicationsets", "retriever")]: { metadata, spec: {} },
        };
        expect(await ofHub({ retriever }, [], made)).to.equal("");
    });

    it("are refused without the rules of their charts", async () => {
        expect(await ofHub({ other: { ...retriever, namespace: "other" } }, [])).to.match(
            /hubspoke:applications\.other: rules\/other\.json does not exist.*npm run rules -- other/,
        );
        expect(await ofHub({ retriever }, [])).to.equal("");
    });

    it("are refused without one for which a cluster has room, also under a new name", async () => {
        const labels = { ...own, deploy: "false", "applications.hubspoke/retriever": "true" };
        const existing = [registration({ cluster: "prod", labels })];
        expect(await ofHub({ "agent-eu": { ...retriever } }, existing)).to.match(
            /applications\.retriever: is not in the settings any more, and is on prod.*same name, .*deliver: false`/,
        );
        expect(await ofHub({ retriever }, existing)).to.equal("");
    });

    it("leave clusters before the settings: each is named with its clusters, and those where it has no room are not", async () => {
        const on = (cluster: string, more: object) => registration({ cluster, labels: { ...own, ...more } });
        const rooms = { "applications.hubspoke/gone": "true" };
        const none = { "applications.hubspoke/gone": "false", "applications.hubspoke/agent": "false" };
        const agents = { [onHub("applicationsets", "agent")]: { metadata: { name: "agent" }, spec: {} } };
        const left = (name: string, clusters: string) =>
            `hubspoke:applications.${name}: is not in the settings any more, and is on ${clusters}. Put it back, under the same ` +
            "name, with `deliver: false`; run `pulumi up` of the hub and then of the clusters' environments, and remove it after that";
        expect(await ofHub({ retriever }, [on("prod", rooms), on("dr", rooms), on("eu", none)], agents, {})).to.equal(
            `${left("gone", "prod, dr")}\n  ${left("agent", "prod, dr")}`,
        );
        const stray = registration({ cluster: "x", labels: { deploy: "true" } });
        expect(await ofHub({ retriever }, [on("eu", none), stray], agents, {})).to.equal("");
        expect(await ofHub({ retriever }, [on("eu", {})], agents)).to.equal("");
    });

    it("stay in the namespace that they have on clusters, with what to write", async () => {
        const labels = { ...own, "applications.hubspoke/retriever": "true" };
        const existing = [registration({ cluster: "prod", labels })];
        const set = (name: string, template?: object) => ({
            [onHub("applicationsets", name)]: {
                metadata: { name, labels: { "app.kubernetes.io/name": name } },
                spec: { template },
            },
        });
        const inNamespace = (name: string, namespace: string) => set(name, { spec: { destination: { namespace } } });
        const moved = (setting: string, to: string) =>
            `hubspoke:${setting}.namespace: is ${to}, and the application is in old on its clusters. Write old. To move it, add it ` +
            "under another name with that namespace, and remove this one later";
        const both = { ...inNamespace("retriever", "old"), ...inNamespace("agent", "old") };
        expect(await ofHub({ retriever }, existing, both)).to.equal(
            `${moved("agent", "agent")}\n  ${moved("applications.retriever", "retriever")}`,
        );
        expect(await ofHub({ retriever }, [], both)).to.equal("");
        for (const objects of [inNamespace("retriever", "retriever"), set("retriever"), set("retriever", {}), set("retriever", { spec: {} })]) {
            expect(await ofHub({ retriever }, existing, objects)).to.equal("");
        }
    });

    it("are refused under a name for which the hub has a project alone, and not where a cluster has them already", async () => {
        const project = { [onHub("appprojects", "retriever")]: { metadata: { name: "retriever" } } };
        expect(await ofHub({ retriever }, [], project)).to.equal(
            "hubspoke:applications.retriever: the hub has AppProject retriever already, not from this stack, which would create " +
                "objects of that name. Choose another name for the application, or delete what is there",
        );
        const labels = { ...own, "applications.hubspoke/retriever": "true" };
        expect(await ofHub({ retriever }, [registration({ cluster: "prod", labels })], project)).to.equal("");
    });

    it("are refused with two Applications of one name on the hub's clusters", async () => {
        const labels = { ...own, "applications.hubspoke/agent-eu": "true" };
        const existing = ["prod", "eu-prod"].map((cluster) => registration({ cluster, labels }));
        expect(await ofHub({ "agent-eu": { ...retriever, namespace: "agent-eu" } }, existing)).to.equal(
            "hubspoke:applications: the Application agent-eu-prod would be that of agent-eu on prod and of agent on eu-prod. " +
                "Rename the newer one",
        );
    });

    const settingsOf = (clusters: Record<string, object>, more: object = {}) =>
        parseSettings({
            role: "environment",
            environment: "prod",
            hub: { context: "hub" },
            clusters: Object.fromEntries(
                Object.entries(clusters).map(([name, settings]) => {
                    return [name, { context: name, labels: { region: "eu", gpu: "true" }, revision: "v1", ...settings }];
                }),
            ),
            ...more,
        }) as EnvironmentSettings;

    const ofEnvironment = (
        settings: EnvironmentSettings,
        applications: object,
        existing: Registration[] = [],
        delivered: Application[] = [],
    ) => {
        const hub = parseSettings({ role: "hub", cluster: { context: "hub" }, domain: "example.com", agent: agentSource });
        const outputs = {
            applications: hubApplications({ agent: agentSource, applications }),
            rollout: rolloutRules(hub as HubSettings),
        };
        return messageOf(refuseUnfitRooms(settings, outputs, existing, stack, () => Promise.resolve(delivered)));
    };

    const refused: [what: string, settings: EnvironmentSettings, applications: object, problem: RegExp][] = [
        [
            "limits of an application that there is not",
            settingsOf({ prod: {} }, { namespaces: { retreiver: {} } }),
            { retriever },
            /hubspoke:namespaces\.retreiver: is no application of the hub's stack/,
        ],
        [
            "a pin of one that there is not",
            settingsOf({ prod: { revisions: { other: { revision: "1.0.0" } } } }),
            { retriever },
            /hubspoke:clusters\.prod\.revisions\.other: is no application/,
        ],
        [
            "a pin without the revision of the values files",
            settingsOf({ prod: { revisions: { retriever: { revision: "1.4.2" } } } }),
            { retriever: { ...retriever, values: { repository: "https://git.example.com/deploy.git", path: "a" } } },
            /revisions\.retriever\.values: is missing/,
        ],
        [
            "a pin of values files that there are not",
            settingsOf({ prod: { revisions: { retriever: { revision: "1.4.2", values: "abc" } } } }),
            { retriever },
            /revisions\.retriever\.values: is for an application with `values`/,
        ],
        [
            "the namespace of the operator that the stack installs",
            settingsOf({ prod: {} }, { secrets: { store: vault } }),
            { operator: { ...retriever, namespace: "external-secrets" } },
            /hubspoke:secrets\.operator\.source: is "install", and .* of the application operator\. Write "existing"/,
        ],
        [
            "the namespace of the agent's store",
            settingsOf({ prod: {} }, { secrets: { store: { type: "kubernetes", namespace: "retriever" } } }),
            { retriever },
            /hubspoke:secrets\.store\.namespace: is the namespace of the application retriever/,
        ],
        [
            "two Applications of one name",
            settingsOf({ prod: {}, "eu-prod": {} }),
            { "agent-eu": { ...retriever, namespace: "agent-eu" } },
            /the Application agent-eu-prod would be that of .* on .* and of .* on /,
        ],
        [
            "an Application with a name that is too long",
            settingsOf({ prod: { name: "a".repeat(246) } }),
            { retriever },
            /retriever-a+ of prod would have a name of over 253 characters/,
        ],
    ];
    for (const [what, settings, applications, problem] of refused) {
        it(`are refused in an environment with ${what}`, async () => {
            expect(await ofEnvironment(settings, applications)).to.match(problem);
        });
    }

    it("may be the operator, or in the namespace of a store that another cluster or no agent has", async () => {
        const operator = { operator: { ...retriever, namespace: "external-secrets" } };
        writeRules(["operator"]);
        const secrets = { store: vault, operator: { source: "existing" } };
        expect(await ofEnvironment(settingsOf({ prod: {} }, { secrets }), operator)).to.equal("");
        const cluster = { server: "https://store.example.com", ca: "-----BEGIN CERTIFICATE-----", token: "t" };
        const elsewhere = { store: { type: "kubernetes", namespace: "retriever", cluster } };
        expect(await ofEnvironment(settingsOf({ prod: {} }, { secrets: elsewhere }), { retriever })).to.equal("");
        const hub = hubApplications({ applications: { retriever } });
        const alone = settingsOf({ prod: {} }, { secrets: { store: { type: "kubernetes", namespace: "retriever" } } });
        expect(takenBySecrets(alone, { applications: hub })).to.deep.equal([]);
    });

    it("are refused in an environment with a cluster for which there is none", async () => {
        const none = { agent: { ...agentSource, namespace: "agent", deliver: false } };
        const hub = { applications: hubApplications({ applications: none }), rollout: { protectedEnvironments: [] } };
        const found = refuseUnfitRooms(settingsOf({ prod: {} }), hub as never, [], stack, () => Promise.resolve([]));
        expect(await messageOf(found)).to.match(/clusters\.prod: no application of the hub is for this cluster/);
    });

    it("do not leave a protected environment, until the protection is lifted", async () => {
        const labels = { ...own, gpu: "true", "applications.hubspoke/retriever": "true" };
        const delivered = [{ metadata: { name: "retriever-prod", labels: { "app.kubernetes.io/name": "retriever" } } }];
        const leaving = { retriever: { ...retriever, deliver: false } };
        const existing = (annotations: Record<string, string>) => [registration({ cluster: "prod", stack, labels, annotations })];
        const settings = settingsOf({ prod: {} });
        expect(await ofEnvironment(settings, leaving, existing({}), delivered)).to.match(
            /clusters\.prod: the Application retriever-prod would be deleted .* the hub protects prod.*protect: false/,
        );
        expect(await ofEnvironment(settings, leaving, existing({ "hubspoke/unprotected": "true" }), delivered)).to.equal("");
        expect(await ofEnvironment(settings, { retriever }, existing({}), delivered)).to.equal("");
    });
});
