import { expect } from "chai";
import { holeIn } from "../../clusters/argoCdHoles";
import { argoCdValues } from "../../components/argoCd/values";
import { argoCdChart, versionIn } from "../../components/argoCd/version";
import { hubSettings } from "./support/hub";

describe("the version of Argo CD", () => {
    for (const open of ["v3.4.4", "v3.4.9", "3.3.14", "v3.5.3", "v3.2.20", "v2.14.1"]) {
        it(`${open} has a published hole, which the message names with a remedy`, () => {
            expect(holeIn(open)).to.match(/^Argo CD v?\d\S* has CVE-2026-77459: .* Choose a chart or an image with /);
        });
    }

    for (const closed of ["v3.4.10", "v3.4.15", "v3.3.15", "3.5.4", "v3.6.0", "v3.10.0", "v4.0.1", "", "latest", undefined]) {
        it(`${closed ?? "unknown"} has none that is known`, () => expect(holeIn(closed)).to.equal(undefined));
    }

    const valuesWith = (chart: object) => argoCdValues({ settings: hubSettings({ chart }), serviceMonitors: false });

    it("has no such hole in the default chart, which gets the image of a later patch", () => {
        for (const chart of [{}, { version: argoCdChart.version }, { oci: "oci://a.example/argo-cd", version: "10.1.1" }]) {
            const version = versionIn(valuesWith(chart));
            expect(version).to.match(/^v3\.4\./);
            expect(holeIn(version)).to.equal(undefined);
        }
    });

    it("is the chart's own in another chart, and that of the settings where they name an image", () => {
        for (const chart of [{ version: "10.2.0" }, { path: "./chart" }]) {
            expect(versionIn(valuesWith(chart))).to.equal(undefined);
        }
        expect(versionIn(valuesWith({ values: { global: { image: { tag: "v3.4.16" } } } }))).to.equal("v3.4.16");
        expect(versionIn(valuesWith({ values: { global: { image: { tag: "ours" } } } }))).to.equal(undefined);
    });
});
