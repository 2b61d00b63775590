import { expect } from "chai";
import { alerts } from "../../settings/alerts";
import { fleetRules } from "../../components/watch/rules";
import { fleetDashboard } from "../../components/watch/dashboard";
import { credentialRules } from "../../components/watch/probePlan";
import { type Dashboard, expressionsOf, metricsIn } from "./support/dashboard";
import { bringUpHub } from "./support/hub";
import { all, one } from "./support/mocks";

const dashboard = fleetDashboard() as Dashboard;

describe("the dashboard", () => {
    it("shows only metrics that the rules use or record", () => {
        const where = { cluster: "prod", environment: "prod", region: "eu" };
        const groups = [fleetRules(alerts.parse({}), "https://r"), credentialRules(where, { created: "2026-01-01T00:00:00Z" })];
        const rules = groups.flatMap((each) => each.groups.flatMap((group) => [...group.rules]));
        const known = rules.flatMap((rule) => ["record" in rule ? rule.record : [], metricsIn(rule.expr)].flat());
        expect(known).to.include.members(["probe_success", "argocd_app_info", "hubspoke:credential:created"]);
        for (const expression of expressionsOf(dashboard)) {
            expect(metricsIn(expression), expression).not.to.deep.equal([]);
            expect(known, expression).to.include.members(metricsIn(expression));
        }
    });

    it("distinguishes metrics from other words in PromQL", () => {
        const expression = 'count(max by (a, b) (up{job="x y", c=~"$environment"}) == 0) or vector(0) / rate(b:c_d[5m:1m])';
        expect(metricsIn(expression)).to.deep.equal(["b:c_d", "up"]);
    });

    it("gives each panel its own id, title and place", () => {
        const { panels } = dashboard;
        expect(panels.length).to.be.greaterThan(10);
        for (const key of ["id", "title"] as const) {
            expect(new Set(panels.map((panel) => panel[key]))).to.have.property("size", panels.length);
        }
        const places = panels.flatMap(({ title, gridPos: { x, y, w, h } }) => {
            expect(x + w, title).to.be.at.most(24);
            return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
        });
        expect(new Set(places)).to.have.property("size", places.length);
        for (const { targets } of panels) {
            expect(new Set(targets.map(({ refId }) => refId))).to.have.property("size", targets.length);
        }
    });

    it("has every variable that it uses", () => {
        const asked = [...JSON.stringify(dashboard).matchAll(/\$\{?([a-z_]\w*)/g)].map(([, name]) => name ?? "");
        const grafanas = ["__rate_interval", "__all"];
        const known = [...dashboard.templating.list.map(({ name }) => name), ...grafanas];
        expect(known).to.include.members(asked);
    });

    for (const objects of ["files", "operator"] as const) {
        it(`is a ConfigMap for Grafana's sidecar, if Prometheus reads ${objects}`, async () => {
            await bringUpHub({}, undefined, { alertObjects: objects });
            const { inputs } = one("kubernetes:core/v1:ConfigMap", "alerts-dashboard");
            expect(inputs.metadata).to.deep.equal({
                name: "hubspoke-dashboard",
                namespace: "argocd",
                labels: { "app.kubernetes.io/managed-by": "pulumi", grafana_dashboard: "1" },
            });
            const text = (inputs.data as Record<string, string>)["hubspoke-fleet.json"] ?? "";
            expect(JSON.parse(text)).to.deep.equal(dashboard);
        });
    }

    it("can be disabled by a setting", async () => {
        await bringUpHub({ alerts: { dashboard: false } });
        expect(all("kubernetes:core/v1:ConfigMap").map(({ name }) => name)).not.to.include("alerts-dashboard");
    });
});
