import type { ChartChoice } from "../argocd/chart-choice";
import { readCommitted, stackNames, type Overlay } from "./project";

/** The lab's own settings over the committed stack files; contexts need none, since the lab's have the same names. */
export function labOverlay(chart: ChartChoice, repository: string): Overlay {
    const agent = readCommitted("hub")["hubspoke:agent"] as Record<string, unknown>;
    return {
        hub: {
            "hubspoke:lab": true,
            ...(chart.path === undefined ? {} : { "hubspoke:chart": { path: chart.path } }),
            "hubspoke:agent": { ...agent, repository },
        },
    };
}

/** Names of the Applications that the committed stack files ask for. */
export function expectedApplications(): string[] {
    return stackNames.flatMap((stack) => {
        const clusters = (readCommitted(stack)["hubspoke:clusters"] ?? {}) as Record<
            string,
            { labels?: { deploy?: string | boolean } }
        >;
        return Object.entries(clusters)
            .filter(([, { labels }]) => String(labels?.deploy ?? "true") === "true")
            .map(([cluster]) => `agent-${cluster}`);
    });
}
