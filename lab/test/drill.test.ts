import { expect } from "chai";
import { parse } from "yaml";
import { picture } from "../drill/picture";
import { Timeline, timelineRows } from "../drill/timeline";
import { prometheusConfiguration } from "../monitoring/configuration";
import { probeJob } from "../../components/watch/probePlan";

function timeline(): Timeline {
    const result = new Timeline(1_000, () => undefined);
    result.note("later", { at: 13_500, least: { seconds: 10, from: "two settings" } });
    result.note("a < b & c", { at: 1_000 });
    return result;
}

describe("the drill's timeline", () => {
    it("is in the order of time, with the minimum that the settings allow", () => {
        expect(timelineRows(timeline().steps)).to.deep.equal([
            ["0.0", "a < b & c", "", "", ""],
            ["12.5", "later", "10.0", "1.25", "two settings"],
        ]);
    });

    it("is drawn with each step inside the picture, and with escaped text", () => {
        const svg = picture("prod is lost", timeline().steps);
        expect(svg).to.include("0.0  a &lt; b &amp; c</text>");
        const marks = [...svg.matchAll(/<circle cx="([\d.]+)"/g)].map(([, x]) => Number(x));
        expect(marks).to.have.length(2);
        expect(marks[0]).to.be.lessThan(marks[1]!);
        expect(Math.max(...marks)).to.be.lessThan(960);
    });
});

describe("Prometheus in the drill", () => {
    it("probes everything from the hub, and from outside only what users reach, with the job label that the rules use", () => {
        const ports = {
            ...{ blackboxHub: 1, blackboxOutside: 2, prometheus: 3, alertmanager: 4 },
            ...{ people: 5, failoverReceiver: 6 },
        };
        const plan = { ports, interval: "2s", folder: "/emitted", tokenFile: "/token", argoCd: { controller: "127.0.0.1:7" } };
        const { scrape_configs: jobs } = parse(prometheusConfiguration(plan)) as {
            scrape_configs: { job_name: string; relabel_configs?: { target_label?: string; action?: string }[] }[];
        };
        const [hub, outside] = jobs;
        expect(jobs.map(({ job_name }) => job_name)).to.deep.equal([`${probeJob}-hub`, `${probeJob}-outside`, "controller"]);
        expect(hub?.relabel_configs).to.deep.include({ target_label: "job", replacement: probeJob });
        expect(hub?.relabel_configs?.some(({ action }) => action === "keep")).to.equal(false);
        expect(outside?.relabel_configs).to.deep.include({ source_labels: ["probe"], regex: "agent", action: "keep" });
        expect(outside?.relabel_configs).to.deep.include({ target_label: "vantage", replacement: "outside" });
    });
});
