import { expect } from "chai";
import type { Application } from "../../clusters/applications";
import { impersonationValues } from "../../components/argoCd/impersonation";
import { refuseUnfitSyncAccounts, refuseUnpreparedImpersonation } from "../../preflight/impersonation";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { agentSource, applicationsIn } from "./support/applications";
import { failure } from "./support/failure";
import { bringUpHub } from "./support/hub";
import { one } from "./support/mocks";
import { registration } from "./support/registration";

const labels = { deploy: "true", environment: "prod", region: "eu", "app.kubernetes.io/managed-by": "pulumi" };

/** The Applications on a hub, as the preflight asks for them. */
const on = (...all: Application[]) => () => Promise.resolve(all);

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

    it("are refused before every cluster has the accounts", async () => {
        const check = (annotations: Record<string, string>, impersonation: "on" | "prepared") =>
            refuseUnpreparedImpersonation({ impersonation }, [registration({ cluster: "prod", labels, annotations })], on());
        expect(await failure(check({}, "on"))).to.match(/impersonation: is "on", and prod have no accounts.*Write "prepared"/);
        await check({}, "prepared");
        await check({ "hubspoke/sync-accounts": "true" }, "on");
    });

    it("are refused where Applications of others would fail", async () => {
        const other = { metadata: { name: "shop" }, spec: { project: "shop" } };
        const metadata = {
            name: "agent-prod",
            labels: { "app.kubernetes.io/name": "agent" },
            ownerReferences: [{ kind: "ApplicationSet", name: "agent" }],
        };
        const own = { metadata, spec: { project: "agent" } };
        const check = (...all: Application[]) => refuseUnpreparedImpersonation({ impersonation: "on" }, [], on(...all));
        expect(await failure(check(own, other))).to.match(/another project: shop\./);
        await check(own);
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
