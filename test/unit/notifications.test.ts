import { expect } from "chai";
import { parse } from "yaml";
import { alerts } from "../../settings/alerts";
import { argoCdValues } from "../../components/argoCd/values";
import { notificationSecrets, notificationValues } from "../../components/argoCd/notifications";
import { madeByHelm } from "../../preflight/hub";
import { bringUpHub, hubSettings } from "./support/hub";
import { encode, everything, one, unwrapSecret } from "./support/mocks";
import { everyService } from "./support/notifications";

interface Values {
    readonly notifications: {
        readonly secret: object;
        readonly notifiers: Readonly<Record<string, string>>;
        readonly triggers: Readonly<Record<string, string>>;
        readonly templates: Readonly<Record<string, string>>;
        readonly subscriptions: readonly { recipients: string[]; triggers: string[]; selector: string }[];
    };
}

function valuesOf(notifications: object, more: object = {}): Values["notifications"] {
    return (notificationValues(alerts.parse({ notifications, ...more }), ["agent"]) as unknown as Values).notifications;
}

function parsed(texts: Readonly<Record<string, string>>) {
    return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, parse(text) as unknown]));
}

describe("notifications", () => {
    it("are configured for each service, with the names of its secrets in place of their values", () => {
        expect(parsed(valuesOf(everyService).notifiers)).to.deep.equal({
            "service.slack": { token: "$slack-token" },
            "service.email": {
                host: "smtp.example.com",
                port: 587,
                from: "argocd@example.com",
                username: "argocd",
                password: "$email-password",
            },
            "service.pagerdutyv2": { serviceKeys: { agent: "$pagerduty-agent" } },
            "service.webhook.log": {
                url: "$webhook-log-url",
                headers: [{ name: "Content-Type", value: "application/json" }],
            },
            "service.webhook.releases": {
                url: "$webhook-releases-url",
                headers: [
                    { name: "Content-Type", value: "application/json" },
                    { name: "Authorization", value: "Bearer $webhook-releases-token" },
                ],
            },
        });
    });

    it("have in their Secret every name that the configuration has, and no other", () => {
        const referred = Object.values(valuesOf(everyService).notifiers).flatMap((text) =>
            [...text.matchAll(/\$([\w-]+)/g)].map(([, name]) => name),
        );
        const held = notificationSecrets(alerts.parse({ notifications: everyService }));
        expect(Object.keys(held)).to.have.members(referred);
        expect(Object.values(held)).to.satisfy((values: string[]) => values.every((value) => value.includes("hunter2")));
    });

    it("create the program's own Secret, and no secret anywhere else", async () => {
        await bringUpHub({ alerts: { notifications: everyService } });
        const { inputs, provider } = one("kubernetes:core/v1:Secret", "argocd-notifications");
        expect(provider).to.equal("hub");
        expect(inputs.metadata).to.deep.equal({
            name: "argocd-notifications-secret",
            namespace: "argocd",
            labels: { "app.kubernetes.io/part-of": "argocd" },
        });
        expect(unwrapSecret(inputs.data)).to.deep.include({ "slack-token": encode("xoxb-hunter2") });
        expect(valuesOf(everyService).secret).to.deep.equal({ create: false, name: "argocd-notifications-secret" });
        const plain = everything().map(({ inputs }) => ({ ...inputs, data: undefined }));
        expect(JSON.stringify(plain)).not.to.include("hunter2");
    });

    it("have their Secret before the release that needs it, and after a release that deletes its own with that name", async () => {
        const order = () => {
            const names = everything().map(({ name }) => name);
            return names.indexOf("argocd-notifications") - names.indexOf("argocd-release");
        };
        await bringUpHub();
        expect(order()).to.be.lessThan(0);
        await bringUpHub({}, undefined, { chartHasSecret: true });
        expect(order()).to.be.greaterThan(0);
    });

    it("distinguish a Secret from Helm from the program's own", () => {
        const annotations = { "meta.helm.sh/release-name": "argocd" };
        expect(madeByHelm({ metadata: { annotations } })).to.equal(true);
        expect([undefined, { metadata: {} }, { metadata: { annotations: {} } }].map(madeByHelm)).to.not.include(true);
    });

    it("go by default to every recipient for the agent everywhere, and to PagerDuty only for critical ones", () => {
        const given = valuesOf({ ...everyService, slack: { token: "t", channels: { releases: {} } } }).subscriptions;
        expect(given).to.deep.include({
            recipients: ["slack:releases"],
            triggers: ["on-health-degraded", "on-sync-failed", "on-deployed"],
            selector: "app.kubernetes.io/name=agent",
        });
        expect(given).to.deep.include({
            recipients: ["pagerdutyv2:agent"],
            triggers: ["on-health-degraded", "on-sync-failed"],
            selector: "app.kubernetes.io/name=agent,environment in (dr,prod)",
        });
        expect(given).to.deep.include({
            recipients: ["releases"],
            triggers: ["on-deployed"],
            selector: "app.kubernetes.io/name=agent",
        });
    });

    it("follow the severities of the environments", () => {
        const selectorFor = (wanted: string[], severities?: object) =>
            valuesOf(
                { slack: { token: "t", channels: { one: { severities: wanted } } } },
                severities && { severities },
            ).subscriptions[0]?.selector;
        expect(selectorFor(["critical"])).to.match(/,environment in \(dr,prod\)$/);
        expect(selectorFor(["warning", "info"])).to.match(/,environment notin \(dr,prod\)$/);
        const severities = { prod: "critical", lab: "info", test: "warning" };
        expect(selectorFor(["info"], severities)).to.match(/,environment in \(lab\)$/);
        expect(selectorFor(["critical", "info"], severities)).to.match(/,environment in \(lab,prod\)$/);
        expect(selectorFor(["warning"], severities)).to.match(/,environment notin \(lab,prod\)$/);
    });

    it("have a condition and a template for every trigger of a recipient", () => {
        const { triggers, templates, subscriptions } = valuesOf(everyService);
        for (const name of subscriptions.flatMap((each) => each.triggers)) {
            const [condition] = parse(triggers[`trigger.${name}`] ?? "[]") as { when: string; send: string[] }[];
            expect(condition?.when, name).to.match(/app\.status/);
            expect(Object.keys(templates), name).to.include.members((condition?.send ?? ["none"]).map((each) => `template.${each}`));
        }
        expect(parse(triggers["trigger.on-deployed"] ?? "")).to.have.nested.property(
            "[0].oncePer",
            'len(app.status.operationState.syncResult?.revisions ?? []) > 0 ? ' +
                'join(app.status.operationState.syncResult.revisions, " ") : app.status.operationState.syncResult.revision',
        );
    });

    it("go to webhooks as JSON by POST, and to PagerDuty with the severity", () => {
        const { templates } = valuesOf(everyService, { severities: { prod: "critical" } });
        for (const [name, text] of Object.entries(templates)) {
            const { webhook, pagerdutyv2, message } = parse(text) as {
                webhook: Record<string, { method: string; body: string }>;
                pagerdutyv2: { severity: string };
                message: string;
            };
            expect(Object.keys(webhook), name).to.deep.equal(["log", "releases"]);
            expect(webhook.log?.method).to.equal("POST");
            expect(webhook.log?.body).to.match(/^\{"event": "\w+", "application": \{\{.*\}$/);
            expect(message, name).to.match(/\.context\.argocdUrl/);
            expect(pagerdutyv2.severity, name).to.match(/deployed/.test(name) ? /^info$/ : / "prod" \}\}critical/);
        }
        expect(Object.values(valuesOf({ pagerduty: everyService.pagerduty }).templates).join()).not.to.include("webhook");
    });

    it("have no recipients and no controller if the settings have none, but the Secret exists", async () => {
        await bringUpHub();
        expect(one("kubernetes:core/v1:Secret", "argocd-notifications").inputs).not.to.have.property("data");
        const { notifications } = argoCdValues({ settings: hubSettings(), serviceMonitors: false });
        expect(notifications).to.have.all.keys("enabled", "metrics", "resources", "secret").and.include({ enabled: false });
    });

    const bad: [name: string, given: object, problem: RegExp][] = [
        ["no service", {}, /has no service\. Add a service/],
        ["no recipient in a service", { slack: { token: "t", channels: {} } }, /slack\.channels: names no recipient\. Add one/],
        ["a channel with its sign", { slack: { token: "t", channels: { "#a": {} } } }, /channels\.#a: is not a valid channel/],
        ["no token", { slack: { channels: { a: {} } } }, /slack\.token: is missing .*pulumi config set --secret/],
        ["an unknown event", { webhooks: { a: { url: "http://a", events: ["gone"] } } }, /events\.0: is not a valid event/],
        ["a webhook that is no URL", { webhooks: { a: { url: "a" } } }, /webhooks\.a\.url: is not a valid HTTP\(S\) URL/],
        ["a webhook by another service's name", { webhooks: { slack: { url: "http://a" } } }, /another service/],
        [
            "a user without a password",
            { email: { ...everyService.email, password: undefined } },
            /email\.password: needs username/,
        ],
    ];
    for (const [name, given, problem] of bad) {
        it(`are refused with ${name}`, () => {
            expect(() => hubSettings({ alerts: { notifications: given } })).to.throw(problem);
        });
    }

    it("are refused for a severity that no environment has", () => {
        const { pagerduty } = everyService;
        const settings = (severities: object) => () =>
            hubSettings({ alerts: { notifications: { pagerduty }, severities } });
        expect(settings({ prod: "info" })).to.throw(/hubspoke:alerts\.notifications: a recipient waits for a severity/);
        settings({ prod: "critical" })();
    });

    it("may wait for a warning, which an environment without a severity of its own has", () => {
        const slack = { token: "t", channels: { one: { severities: ["warning"] } } };
        hubSettings({ alerts: { notifications: { slack }, severities: { prod: "critical", staging: "info" } } });
    });
});
