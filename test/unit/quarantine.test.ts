import { expect } from "chai";
import { leftAloneWithoutSetting, quarantinedServers, refuseUnkeptQuarantine } from "../../preflight/quarantine";
import { quarantineIn } from "../../scripts/support/registered";
import type { State } from "../../scripts/support/state";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { all, mockPulumi, one, settled } from "./support/mocks";
import { registerClusters } from "./support/register";
import { registration } from "./support/registration";

const labels = { region: "eu-west-1" };
const clusters = { a: { context: "a", labels }, b: { context: "b", labels, quarantined: "true" } };
const settings = parseSettings({
    role: "environment",
    environment: "prod",
    hub: { context: "hub" },
    clusters,
}) as EnvironmentSettings;

describe("a cluster in quarantine", () => {
    it("needs a version of Argo CD that supports it", () => {
        refuseUnkeptQuarantine(settings, "v3.4.0");
        refuseUnkeptQuarantine(settings, "v3.10.1");
        refuseUnkeptQuarantine(settings, "v4.0.0");
        for (const [version, reason] of [
            ["v3.3.9", /clusters\.b\.quarantined: .*from 3\.4 on, but the hub has v3\.3\.9\. .*upgrade Argo CD first/],
            ["v2.14.0", /the hub has v2\.14\.0/],
            [undefined, /does not tell its version\. Run this first: pulumi up --stack hub/],
        ] as const) {
            expect(() => refuseUnkeptQuarantine(settings, version)).to.throw(reason);
        }
        refuseUnkeptQuarantine({ clusters: { a: settings.clusters.a! } }, "v3.1.8");
    });

    it("is read from the hub only, and only if its own stack has registered it", () => {
        const own = registration({ cluster: "b", server: "https://b.example.com", stack: "organization/hubspoke/prod" });
        const found = quarantinedServers(settings, [own], "organization/hubspoke/prod");
        expect(found).to.deep.equal({ b: "https://b.example.com" });
        expect(() => quarantinedServers(settings, [own], "organization/hubspoke/dr")).to.throw(
            /clusters\.b\.quarantined: this stack has not registered b on the hub/,
        );
    });

    it("that only the hub knows of is named, with the command that lifts it", () => {
        const skipped = { "argocd.argoproj.io/skip-reconcile": "true" };
        const existing = ["a", "b", "c"].map((cluster) => registration({ cluster, annotations: skipped }));
        const found = leftAloneWithoutSetting(settings, existing, "organization/hubspoke/prod");
        expect(found).to.have.length(1);
        expect(found[0]).to.match(/^hubspoke:clusters\.a: .*npm run quarantine -- prod --cluster a --lift$/);
        const working = registration({ cluster: "a", annotations: { "argocd.argoproj.io/skip-reconcile": "false" } });
        expect(leftAloneWithoutSetting(settings, [working], "prod")).to.deep.equal([]);
    });

    it("that an interrupted run has made in part is neither there nor gone", () => {
        const parent = "urn:pulumi:prod::hubspoke::hubspoke:index:Spoke::";
        const spoke = (cluster: string) => ({ urn: parent + cluster, type: "hubspoke:index:Spoke" });
        const children = ["", "-cluster-secret", "-connection", "-drain"].map((end) => `b${end}`);
        const state = (...done: string[]): State => {
            const below = ["a", ...children].map((name) => {
                const [of = ""] = name.split("-");
                return { urn: `urn:pulumi:prod::hubspoke::x:index:X::${name}`, type: "x:index:X", parent: parent + of };
            });
            const resources = [spoke("a"), spoke("b"), ...below];
            const protect = ({ urn }: { urn: string }) => {
                return done.some((name) => urn.endsWith(`X::${name}`) || urn === parent + name);
            };
            const marked = resources.map((one) => ({ ...one, protect: protect(one) }));
            return { version: 3, deployment: { resources: marked } };
        };
        expect(quarantineIn(state(), "b")).to.equal("none");
        expect(quarantineIn(state("a"), "b")).to.equal("none");
        expect(quarantineIn(state(...children), "b")).to.equal("whole");
        for (const child of children) {
            expect(quarantineIn(state(child), "b"), `with ${child}`).to.equal("part");
            const others = children.filter((other) => other !== child);
            expect(quarantineIn(state(...others), "b"), `without ${child}`).to.equal("part");
        }
        expect(quarantineIn({ version: 3, deployment: {} }, "b")).to.equal("none");
    });

    it("has a provider that reaches nothing, and a mark on the hub for Argo CD; its neighbour does not", async () => {
        await mockPulumi();
        registerClusters("prod", clusters);
        await settled();
        const providers = Object.fromEntries(all("pulumi:providers:kubernetes").map(({ name, inputs }) => [name, inputs]));
        expect(providers.a).to.include({ context: "a" }).and.not.have.property("skipUpdateUnreachable");
        expect(providers.b).to.include({ clusterIdentifier: "b", skipUpdateUnreachable: "true" });
        expect(providers.b).not.to.have.property("context");
        expect(JSON.stringify(providers.b?.kubeconfig)).to.include("https://127.0.0.1:1/b-is-quarantined");
        const annotationsOf = (cluster: string) =>
            (one("kubernetes:core/v1:Secret", `${cluster}-cluster-secret`).inputs.metadata as { annotations: object }).annotations;
        expect(annotationsOf("b")).to.have.property("argocd.argoproj.io/skip-reconcile", "true");
        expect(annotationsOf("a")).not.to.have.property("argocd.argoproj.io/skip-reconcile");
    });
});
