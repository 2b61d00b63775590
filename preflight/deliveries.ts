import { applicationOn } from "../clusters/applications";
import type { Registration } from "../clusters/registrations";
import { withoutRules } from "../components/account/rules";
import { hasRoomFor } from "../components/applications/clusterFacts";
import { isDelivered } from "./strangers";

/** A cluster by its name in Argo CD, and the names of the applications on it. */
export interface Delivery {
    readonly cluster: string;
    readonly argoCdName: string;
    readonly applications: readonly string[];
}

/** The applications with room on registered clusters to which something is delivered. */
export function deliveriesOn(existing: readonly Registration[], names: readonly string[]): Delivery[] {
    return existing.filter(isDelivered).map(({ cluster, argoCdName, labels }) => {
        return { cluster, argoCdName, applications: names.filter((name) => hasRoomFor(name, labels)) };
    });
}

/** Applications whose rights are not written yet: a sentence about each, with the remedy. */
export function missingRules(names: readonly string[]): string[] {
    return withoutRules(names).map(
        (name) =>
            `hubspoke:applications.${name}: rules/${name}.json does not exist, which has the kinds of its chart. Run ` +
            `\`npm run rules -- ${name}\`, and commit the file`,
    );
}

/** Names that two Applications would have, `agent` on `eu-prod` and `agent-eu` on `prod`, or that are too long. */
export function collisions(deliveries: readonly Delivery[]): string[] {
    const all = deliveries.flatMap(({ cluster, argoCdName, applications }) =>
        applications.map((application) => ({ cluster, application, name: applicationOn(application, argoCdName) })),
    );
    const long = all
        .filter(({ name }) => name.length > longestName)
        .map(({ name, cluster }) => `the Application ${name} of ${cluster} would have a name of over ${longestName} characters`);
    const twins = [...grouped(all, ({ name }) => name)].flatMap(([name, [first, second]]) =>
        first === undefined || second === undefined || first.application === second.application
            ? []
            : [
                  `the Application ${name} would be that of ${first.application} on ${first.cluster} and of ` +
                      `${second.application} on ${second.cluster}. Rename the newer one`,
              ],
    );
    return [...long, ...twins];
}

/** Characters of an object's name (kubernetes.io/docs, "Object Names and IDs"). */
const longestName = 253;

/** Things by a key that they have in common. */
export function grouped<Thing>(all: readonly Thing[], keyOf: (one: Thing) => string): Map<string, Thing[]> {
    const groups = new Map<string, Thing[]>();
    for (const one of all) {
        groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
    }
    return groups;
}
