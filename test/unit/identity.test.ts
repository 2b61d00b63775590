import { expect } from "chai";
import { cloudsOf } from "../../components/argoCd/identity";
import { parseHubOutputs } from "../../components/hubOutputs";
import { missingIdentities } from "../../preflight/identity";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { documentedSettings } from "./support/documented";
import { bringUpHub, hubSettings } from "./support/hub";
import { one, valueOf } from "./support/mocks";

const roleArn = "arn:aws:iam::111122223333:role/argocd-hub";
const serviceAccount = "argocd@example.iam.gserviceaccount.com";
const clientId = "11111111-2222-4333-8444-555555555555";
const tenantId = "99999999-2222-4333-8444-555555555555";
const use = { "azure.workload.identity/use": "true" };

type Component = { serviceAccount?: { annotations?: object }; podLabels?: object };

/** What the values of a hub with that identity say of each component's account and pods, and of the hub's output. */
async function identityOf(identity: object) {
    const { hub } = await bringUpHub({ identity });
    const values = one("kubernetes:helm.sh/v3:Release", "argocd-release").inputs.values as Record<string, Component>;
    const of = (name: string) => ({
        annotations: values[name]?.serviceAccount?.annotations,
        labels: values[name]?.podLabels,
    });
    const others = ["repoServer", "applicationSet", "notifications"].map(of);
    return { controller: of("controller"), server: of("server"), others, output: await valueOf(hub.outputs.identities) };
}

describe("Argo CD's own identity", () => {
    const cases = [
        { identity: {}, annotations: undefined, labels: undefined },
        { identity: { aws: { roleArn } }, annotations: { "eks.amazonaws.com/role-arn": roleArn }, labels: undefined },
        { identity: { aws: {} }, annotations: undefined, labels: undefined },
        {
            identity: { gcp: { serviceAccount } },
            annotations: { "iam.gke.io/gcp-service-account": serviceAccount },
            labels: undefined,
        },
        {
            identity: { azure: { clientId, tenantId } },
            annotations: {
                "azure.workload.identity/client-id": clientId,
                "azure.workload.identity/tenant-id": tenantId,
            },
            labels: use,
        },
        { identity: { azure: {} }, annotations: undefined, labels: use },
        {
            identity: { aws: { roleArn }, azure: { clientId } },
            annotations: { "eks.amazonaws.com/role-arn": roleArn, "azure.workload.identity/client-id": clientId },
            labels: use,
        },
    ];
    for (const { identity, annotations, labels } of cases) {
        it(`is given to what connects to spokes, and to nothing else: ${JSON.stringify(identity)}`, async () => {
            const { controller, server, others, output } = await identityOf(identity);
            expect(controller).to.deep.equal({ annotations, labels });
            expect(server).to.deep.equal({ annotations, labels });
            expect(others).to.deep.equal(others.map(() => ({ annotations: undefined, labels: undefined })));
            expect(output).to.equal(JSON.stringify(Object.keys(identity)));
        });
    }

    const wrong = [
        { identity: { aws: { roleArn: "argocd-hub" } }, message: /identity\.aws\.roleArn: is not a valid ARN/ },
        { identity: { gcp: { serviceAccount: "argocd" } }, message: /identity\.gcp\.serviceAccount: must be the e-mail/ },
        { identity: { azure: { clientId: "argocd" } }, message: /identity\.azure\.clientId: must be a client ID/ },
        { identity: { azure: { clientID: clientId } }, message: /identity\.azure\.clientID: is not a setting/ },
    ];
    for (const { identity, message } of wrong) {
        it(`is refused: ${JSON.stringify(identity)}`, () => {
            expect(() => hubSettings({ identity })).to.throw(message);
        });
    }
});

function environmentWith(credentials: object): EnvironmentSettings {
    const subject = { kind: "Group", name: "argocd" };
    const spoke = { context: "prod", labels: { region: "eu" }, credentials: { ...credentials, subject } };
    return parseSettings({
        role: "environment", environment: "prod", hub: { context: "hub" }, clusters: { "prod-eu": spoke },
    }) as EnvironmentSettings;
}

describe("a spoke with the identity of a cloud", () => {
    const aws = environmentWith({ type: "aws", clusterName: "prod-eu" });
    const gcp = environmentWith({ type: "gcp" });
    const azure = environmentWith({ type: "azure" });

    it("needs a hub with an identity there", () => {
        expect(missingIdentities(aws, ["aws"])).to.deep.equal([]);
        expect(missingIdentities(gcp, ["aws", "gcp"])).to.deep.equal([]);
        expect(missingIdentities(azure, ["azure"])).to.deep.equal([]);
    });

    it("is warned of where a role of the nodes could serve", () => {
        for (const [cloud, settings] of Object.entries({ aws, gcp })) {
            const [warning, ...more] = missingIdentities(settings, ["azure"]);
            expect(warning).to.match(new RegExp(`^hubspoke:clusters\\.prod-eu\\.credentials\\.type: is "${cloud}"`));
            expect(warning).to.include("role of the hub's nodes").and.to.include(`Set identity.${cloud}`);
            expect(more).to.deep.equal([]);
        }
    });

    it("is refused on Azure, where nothing else can serve", () => {
        expect(() => missingIdentities(azure, [])).to.throw(
            /^hubspoke:clusters\.prod-eu\.credentials\.type: is "azure".*Set identity\.azure/,
        );
    });

    it("is warned of where the hub was brought up before it could say", () => {
        expect(missingIdentities(azure, undefined)[0]).to.include("does not say").and.to.include("pulumi up --stack hub");
        const exported = {
            argoCdNamespace: "argocd", agentProject: "agent", agentNamespace: "agent", domain: "example.com",
            rollout: "{}", probes: "{}",
        };
        expect(parseHubOutputs("hub", exported).identities).to.equal(undefined);
        expect(parseHubOutputs("hub", { ...exported, identities: '["aws"]' }).identities).to.deep.equal(["aws"]);
    });
});

describe("the ways to a cloud's identity in docs/security.md", () => {
    it("are settings of the hub and of an environment, which agree", () => {
        const documented = documentedSettings("security.md");
        const identities = documented.flatMap(({ identity }) => (identity === undefined ? [] : [identity as object]));
        const clusters = documented.flatMap((given) => (given.clusters === undefined ? [] : [given.clusters]));
        expect(identities.map((identity) => Object.keys(identity))).to.deep.equal([["aws"], ["gcp"], ["azure"]]);
        for (const [index, identity] of identities.entries()) {
            const given = { role: "environment", environment: "prod", hub: { context: "hub" }, clusters: clusters[index] };
            const clouds = cloudsOf(hubSettings({ identity }).identity);
            expect(missingIdentities(parseSettings(given) as EnvironmentSettings, clouds)).to.deep.equal([]);
        }
    });
});
