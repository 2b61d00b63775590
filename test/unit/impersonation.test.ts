import { expect } from "chai";
import { impersonationValues } from "../../components/argoCd/impersonation";
import { refuseUnfitSyncAccounts, refuseUnpreparedImpersonation } from "../../preflight/impersonation";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { agentSource, applicationsIn } from "./support/applications";
import { bringUpHub } from "./support/hub";
import { one } from "./support/mocks";
import { registration } from "./support/registration";

const labels = { deploy: "true", environment: "prod", region: "eu", "app.kubernetes.io/managed-by": "pulumi" };

describe("syncs as an account of each application", () => {
    it("are prepared in the projects, and turned on in Argo CD", async () => {
        await bringUpHub({ labels: { region: "eu" }, impersonation: "prepared" });
        expect(one("kubernetes:argoproj.io/v1alpha1:AppProject", "agent-project-appproject").inputs.spec).to.deep.include({
            destinationServiceAccounts: [{ server: "*", namespace: "agent", defaultServiceAccount: "argocd-manager:agent" }],
        });
        expect(impersonationValues("prepared")).to.deep.equal({});
        expect(impersonationValues("on")).to.have.deep.nested.property("configs.cm", {
            "application.sync.impersonation.enabled": "true",
        });
    });

    it("are refused before every cluster has the accounts", () => {
        const check = (annotations: Record<string, string>, impersonation: "on" | "prepared") =>
            refuseUnpreparedImpersonation({ impersonation }, [registration({ cluster: "prod", labels, annotations })], []);
        expect(() => check({}, "on")).to.throw(/impersonation: is "on", and prod have no accounts.*Write "prepared"/);
        check({}, "prepared");
        check({ "hubspoke/sync-accounts": "true" }, "on");
    });

    it("are refused where Applications of others would fail", () => {
        const other = { metadata: { name: "shop" }, spec: { project: "shop" } };
        const metadata = {
            name: "agent-prod",
            labels: { "app.kubernetes.io/name": "agent" },
            ownerReferences: [{ kind: "ApplicationSet", name: "agent" }],
        };
        const own = { metadata, spec: { project: "agent" } };
        expect(() => refuseUnpreparedImpersonation({ impersonation: "on" }, [], [own, other])).to.throw(/another project: shop\./);
        refuseUnpreparedImpersonation({ impersonation: "on" }, [], [own]);
    });

    it("are refused before Argo CD 3.5, with rights on a whole cluster, and for the hub itself", () => {
        const settings = (permissions: object) =>
            parseSettings({
                role: "environment",
                environment: "staging",
                hub: { context: "hub" },
                clusters: { staging: { context: "a", labels: { region: "eu" }, permissions } },
            }) as EnvironmentSettings;
        const check = (argoCdVersion: string | undefined, permissions: object = {}) =>
            refuseUnfitSyncAccounts(settings(permissions), { impersonation: "prepared", argoCdVersion });
        expect(() => check("v3.4.4")).to.throw(/not stable before Argo CD 3\.5, and the hub has v3\.4\.4/);
        expect(() => check("v3.6.1", { scope: "cluster", admin: true })).to.throw(/clusters\.staging\.permissions\.scope: is cluster/);
        check("v3.6.1");
        const hub = { agent: agentSource, labels: { deploy: "true", region: "eu" }, impersonation: "on" };
        expect(() => applicationsIn(hub)).to.throw(/hubspoke:impersonation: is not "off", and labels\.deploy/);
    });
});
