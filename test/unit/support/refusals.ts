import { expect } from "chai";
import { parseSettings } from "../../../settings";
import { agentSource } from "./applications";

/** The settings of a hub, with others. */
export const hub = (more: object = {}) => ({
    ...{ role: "hub", cluster: { context: "hub" }, domain: "example.com", agent: agentSource },
    ...more,
});

/** The settings of a cluster of an environment, with others. */
export const spoke = (more: object = {}) => ({ context: "a", labels: { region: "eu" }, ...more });

/** The settings of an environment with these clusters. */
export const environment = (clusters: object, more: object = {}) => ({
    ...{ role: "environment", environment: "prod", hub: { context: "hub" } },
    ...{ clusters, ...more },
});

/** Settings, and all lines with which they are refused, without the prefix `hubspoke:`; none if they are accepted. */
export type Case = readonly [name: string, given: Record<string, unknown>, ...lines: string[]];

/** Tests each case. */
export function refuse(cases: readonly Case[]): void {
    for (const [name, given, ...lines] of cases) {
        it(`${lines.length === 0 ? "accept" : "refuse"} ${name}`, () => {
            expect(refusals(given)).to.deep.equal(lines.map((line) => `hubspoke:${line}`));
        });
    }
}

function refusals(given: Record<string, unknown>): string[] {
    try {
        parseSettings(given);
        return [];
    } catch (error) {
        return (error as Error).message.split("\n").slice(1).map((line) => line.trim());
    }
}
