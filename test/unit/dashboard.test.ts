import { expect } from "chai";
import { alerts } from "../../settings/alerts";
import { fleetRules } from "../../components/watch/rules";
import { fleetDashboard } from "../../components/watch/dashboard";
import { countOf, listOf, overTime, placed, upAndDown } from "../../components/watch/panels";
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

    it("is found by its name, and asks for the environments and the applications", () => {
        const { panels, ...others } = dashboard;
        expect(panels).not.to.equal(undefined);
        const variable = (name: string, label: string, query: string) => ({
            ...{ name, label, type: "query", refresh: 2, multi: true, includeAll: true, allValue: ".*" },
            datasource: { type: "prometheus", uid: "${datasource}" },
            query: { query, refId: name },
            current: { text: ["All"], value: ["$__all"] },
        });
        expect(others).to.deep.equal({
            ...{ uid: "hubspoke-fleet", title: "Hub and spokes: the fleet", tags: ["argocd", "hubspoke"] },
            ...{ schemaVersion: 39, editable: false, refresh: "30s", time: { from: "now-6h", to: "now" } },
            templating: {
                list: [
                    { name: "datasource", label: "Prometheus", type: "datasource", query: "prometheus" },
                    variable("environment", "Environment", "label_values(hubspoke:cluster:info, environment)"),
                    variable("application", "Application", "label_values(argocd_app_info, project)"),
                ],
            },
        });
    });

    it("shows counts, times and tables, each as Grafana draws it", () => {
        const source = { type: "prometheus", uid: "${datasource}" };
        const shown = placed([
            countOf("Lost", "up == 0", "Should be zero."),
            { ...overTime("Load", "short", [{ expr: "a" }, { expr: "b", legend: "{{b}}" }], "Two lines."), width: 20 },
            upAndDown("Up", { expr: "up", legend: "{{cluster}}" }, "Whether it is up."),
            listOf("List", { expr: "c" }, ["cluster", "region"], { unit: "s", width: 17 }),
        ]);
        const now = { instant: true, range: false };
        const green = { color: "green", value: null };
        expect(shown).to.deep.equal([
            {
                ...{ id: 1, title: "Lost", type: "stat", description: "Should be zero.", datasource: source },
                gridPos: { x: 0, y: 0, w: 4, h: 4 },
                targets: [
                    { refId: "A", datasource: source, expr: "count(up == 0) or vector(0)", legendFormat: "", ...now, format: "time_series" },
                ],
                options: { colorMode: "background", graphMode: "none", reduceOptions: { calcs: ["lastNotNull"] } },
                fieldConfig: {
                    defaults: { unit: "none", thresholds: { mode: "absolute", steps: [green, { color: "red", value: 1 }] } },
                    overrides: [],
                },
            },
            {
                ...{ id: 2, title: "Load", type: "timeseries", description: "Two lines.", datasource: source },
                gridPos: { x: 4, y: 0, w: 20, h: 8 },
                targets: [
                    { refId: "A", datasource: source, expr: "a", legendFormat: "", range: true },
                    { refId: "B", datasource: source, expr: "b", legendFormat: "{{b}}", range: true },
                ],
                options: {},
                fieldConfig: { defaults: { unit: "short" }, overrides: [] },
            },
            {
                ...{ id: 3, title: "Up", type: "state-timeline", description: "Whether it is up.", datasource: source },
                gridPos: { x: 0, y: 8, w: 8, h: 8 },
                targets: [{ refId: "A", datasource: source, expr: "up", legendFormat: "{{cluster}}", range: true }],
                options: { mergeValues: true, showValue: "never", legend: { showLegend: false } },
                fieldConfig: {
                    defaults: {
                        unit: "none",
                        mappings: [
                            { type: "value", options: { 0: { text: "down", color: "red" }, 1: { text: "up", color: "green" } } },
                        ],
                        custom: { fillOpacity: 80 },
                    },
                    overrides: [],
                },
            },
            {
                ...{ id: 4, title: "List", type: "table", description: "", datasource: source, options: {} },
                gridPos: { x: 0, y: 16, w: 17, h: 9 },
                targets: [{ refId: "A", datasource: source, expr: "c", legendFormat: "", ...now, format: "table" }],
                fieldConfig: { defaults: { unit: "s" }, overrides: [] },
                transformations: [
                    { id: "filterFieldsByName", options: { include: { names: ["cluster", "region", "Value"] } } },
                    { id: "organize", options: { indexByName: { cluster: 0, region: 1, Value: 2 } } },
                ],
            },
        ]);
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
