import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { labDir, projectRoot } from "../../lab/paths";
import { stackNames } from "../../lab/stacks/project";
import committed from "../../policy/settings.json";
import { changedCluster, pulumi, withConfig } from "./support/lab";

const pack = ["--policy-pack", path.join(projectRoot, "policy")];

describe("the policies, in Pulumi's engine", () => {
    it("let every stack of the lab pass", async () => {
        const outcomes = await Promise.all(stackNames.map((stack) => pulumi(stack, "preview", ...pack)));
        for (const { ok, output } of outcomes) {
            expect(ok, output).to.equal(true);
            expect(output).to.match(/hubspoke@v[\d.]+ \(local: .*policy\)/);
            expect(output).not.to.match(/\[(mandatory|advisory)\]/);
        }
    });

    const everything = changedCluster("prod", (settings) => ({ ...settings, permissions: { scope: "cluster", admin: true } }));

    it("refuse violations, and say what to write instead", async () => {
        const permissions = { scope: "cluster", admin: true, namespaces: ["shop"] };
        const single = (config: Record<string, unknown>) => ({
            ...config,
            "hubspoke:availability": "single",
            "hubspoke:permissions": permissions,
        });
        const [hub, prod] = await Promise.all([
            withConfig("hub", single, () => pulumi("hub", "preview", ...pack)),
            withConfig("prod", everything, () => pulumi("prod", "preview", ...pack)),
        ]);
        expect(hub.ok, hub.output).to.equal(false);
        expect(hub.output).to.match(/\[mandatory\].*hub-available.*\n.*\n.*has 1 of server, but must have 2/);
        // From inside the release, which the policies render.
        expect(hub.output).to.include("argocd-release: ClusterRole argocd-application-controller allows every verb");
        expect(hub.output).to.include("argocd-release gives Argo CD all rights on the hub, by createClusterRoles");
        expect(prod.ok, prod.output).to.equal(false);
        expect(prod.output).to.match(/\[mandatory\].*not-cluster-admin/);
        expect(prod.output).to.include("Name kinds in permissions.kinds");
    });

    it("only warn if the settings say so", async () => {
        const settings = path.join(labDir, "policy-settings.json");
        const advisory = { ...committed, "not-cluster-admin": { enforcementLevel: "advisory" } };
        fs.writeFileSync(settings, JSON.stringify(advisory));
        const { ok, output } = await withConfig("prod", everything, () =>
            pulumi("prod", "preview", ...pack, "--policy-pack-config", settings),
        );
        fs.rmSync(settings);
        expect(ok, output).to.equal(true);
        expect(output).to.match(/\[advisory\].*not-cluster-admin/);
    });
});
