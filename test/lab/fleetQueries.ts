import { expect } from "chai";
import { fleetDashboard } from "../../components/watch/dashboard";
import { credentialRules } from "../../components/watch/probePlan";
import { rulesFile } from "../../components/watch/ruleFile";
import { fleetRules } from "../../components/watch/rules";
import { type Dashboard, expressionsOf, plainly } from "../unit/support/dashboard";
import { clusters, lab, probed, prod, rules, runbooks, settings, staging } from "./support/fleetSeries";
import { checkExpressions, type Series, testQueries, testRules } from "./support/promtool";

describe("the end of a token, in Prometheus", () => {
    it("is announced when two thirds of its lifetime are over, and not before", async () => {
        const ends = { created: "1970-01-01T00:00:00Z", expires: "1970-01-01T00:30:00Z" };
        const files = [rulesFile(fleetRules(settings, runbooks)), rulesFile(credentialRules(staging, ends))];
        const given = { series: [], alert: "CredentialTooOld" };
        const annotations = {
            summary: "The token for staging must be rotated",
            description: "Argo CD's token for staging is 21m 0s old: more than 2160h, or than two thirds of its lifetime.",
            runbook_url: `${runbooks}/CredentialTooOld.md`,
        };
        const { ok, output } = await testRules(files, [
            { ...given, name: "before", at: "19m", fires: [] },
            { ...given, name: "after", at: "21m", fires: [{ labels: { ...staging, severity: "warning" }, annotations }] },
        ]);
        expect(ok, output).to.equal(true);
    });
});

describe("the dashboard, in Prometheus", () => {
    it("has only queries that it can parse", async () => {
        const asked = expressionsOf(fleetDashboard()).map(plainly);
        const { ok, output } = await checkExpressions(asked);
        expect(ok, output).to.equal(true);
        expect(output).to.include(`SUCCESS: ${asked.length} rules found`);
        const wrong = await checkExpressions([...asked, "count(up"]);
        expect(wrong.ok).to.equal(false);
    });

    it("lists the clusters that Argo CD leaves alone, and none that only has another name in Argo CD", async () => {
        const alone = fleetDashboard() as Dashboard;
        const [expression = ""] = alone.panels.flatMap(({ title, targets }) =>
            title === "Clusters that Argo CD leaves alone" ? targets.map(({ expr }) => plainly(expr)) : [],
        );
        const probes = [prod, staging, lab].map((of) => probed("probe_success", "agent", of, "1x8"));
        const expected = (...names: (typeof prod)[]) => names.map((labels) => ({ labels, value: 1 }));
        const isOther = (series: Series) => series.labels?.server !== "https://prod:6443";
        const { ok, output } = await testQueries(rules, [
            { name: "none", series: [...probes, ...clusters], expr: expression, at: "1m", finds: [] },
            { name: "prod", series: [...probes, ...clusters.filter(isOther)], expr: expression, at: "1m", finds: expected(prod) },
        ]);
        expect(ok, output).to.equal(true);
    });
});
