import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { alertmanagerConfiguration } from "../../lab/monitoring/configuration";
import { projectRoot } from "../../lab/paths";
import { silenceMs } from "../../scripts/failoverReceiver/automatic";
import { milliseconds } from "../../settings/duration";

/** A route of Alertmanager (prometheus.io/docs, "Configuration"). A route has what it lacks from the one above. */
interface Route {
    readonly receiver?: string;
    readonly group_by?: readonly string[];
    readonly group_wait?: string;
    readonly group_interval?: string;
    readonly repeat_interval?: string;
    readonly routes?: readonly Route[];
}

function leavesOf({ routes = [], ...own }: Route): Route[] {
    return routes.length === 0 ? [own] : routes.flatMap((one) => leavesOf({ ...own, ...one }));
}

/** The routes to the receiver of failovers in a text in YAML; none if it is about something else. */
function routesIn(yaml: string): Route[] {
    const { route } = (parse(yaml) ?? {}) as { route?: Route };
    return route === undefined ? [] : leavesOf(route).filter(({ receiver }) => receiver === "failover");
}

const docs = path.join(projectRoot, "docs");
const documented = readdirSync(docs, { recursive: true, encoding: "utf8" })
    .filter((page) => page.endsWith(".md"))
    .flatMap((page) => {
        const blocks = readFileSync(path.join(docs, page), "utf8").matchAll(/^```ya?ml\n([^]*?)^```$/gm);
        return [...blocks].flatMap(([, block = ""]) => routesIn(block)).map((route) => [page, route] as const);
    });

const ports = { blackboxHub: 1, blackboxOutside: 2, prometheus: 3, alertmanager: 4, people: 5, failoverReceiver: 6 };
const ofLab = alertmanagerConfiguration({ ports, interval: "2s", folder: "/", argoCd: {}, tokenFile: "/token" });

describe("the route of Alertmanager to the receiver of failovers", () => {
    it("is in docs/failover.md", () => {
        expect(documented.map(([page]) => page)).to.deep.equal(["failover.md"]);
    });

    for (const [place, route] of [...documented, ...routesIn(ofLab).map((one) => ["the lab", one] as const)]) {
        it(`of ${place} sends each outage, its end and its repeats without delay`, () => {
            const { group_by: groups, group_wait: wait, group_interval: tick = "5m", repeat_interval: repeat = "4h" } = route;
            expect(groups).to.deep.equal(["alertname", "cluster", "vantage"]);
            expect(wait).to.equal("0s");
            expect(milliseconds(tick)).to.be.within(1, 10_000);
            expect(milliseconds(repeat)).to.be.within(milliseconds(tick), silenceMs / 2);
        });
    }
});
