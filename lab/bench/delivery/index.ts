import * as fs from "node:fs";
import { applyByHand } from "../../apply";
import { agentRepositoryUrl, copyAgentRepository } from "../../argocd";
import { table } from "../../tables";
import { waitForRevision } from "../../waiting";
import { median } from "../medians";
import { applicationSet, appProject, plainApplication } from "./applications";
import { clearDelivery } from "./clear";
import { release } from "./releases";
import { registerClusters } from "./spokes";

/** Numbers of clusters, and how often each is measured by the webhook and by polling, where one round takes minutes. */
const fleets = [
    { size: 1, webhook: 5, polling: 1 },
    { size: 5, webhook: 5, polling: 0 },
    { size: 20, webhook: 5, polling: 1 },
];

type Fleet = (typeof fleets)[number];

/** The source of the Applications: the program's ApplicationSet, or a person who writes each one. */
const makers = ["set", "plain"] as const;

/**
 * From a push to Synced and Healthy on all of 1 to 20 clusters: Applications of the program's ApplicationSet, in turns
 * with plain ones written by hand, told of the push by the webhook and by polling.
 */
export async function delivery(): Promise<string[]> {
    const rows: string[][] = [];
    for (const fleet of fleets) {
        process.stderr.write(`a fleet of ${fleet.size}; each of its ${fleet.polling} polls may take six minutes\n`);
        await withApplications(fleet.size, async (measured) => {
            for (const row of await measure(measured, fleet)) {
                process.stderr.write(`${row.join(", ")}\n`);
                rows.push(row);
            }
        });
    }
    return [
        "Seconds from a push to Synced and Healthy on all clusters, medians:",
        table(["clusters", "told by", "rounds", "ApplicationSet", "plain Applications", "ratio"], rows),
    ];
}

type Measured = Readonly<Record<(typeof makers)[number], { readonly repository: string; readonly names: string[] }>>;

async function measure(measured: Measured, { size, webhook, polling }: Fleet): Promise<string[][]> {
    const none = (): Record<(typeof makers)[number], number[]> => ({ set: [], plain: [] });
    const times = { webhook: none(), polling: none() };
    for (let round = 0; round < webhook; round++) {
        for (const maker of makers) {
            const { repository, names } = measured[maker];
            times.webhook[maker].push(await release(repository, names, true));
        }
    }
    // Both only wait for a poll, so the two do not disturb each other.
    for (let round = 0; round < polling; round++) {
        await Promise.all(
            makers.map(async (maker) => {
                const { repository, names } = measured[maker];
                times.polling[maker].push(await release(repository, names, false));
            }),
        );
    }
    return Object.entries(times)
        .filter(([, { set }]) => set.length > 0)
        .map(([told, { set, plain }]) => [
            String(size),
            told,
            String(set.length),
            median(set).toFixed(1),
            median(plain).toFixed(1),
            (median(set) / median(plain)).toFixed(2),
        ]);
}

/** Runs `work` while that number of clusters has an Application of each source, and then deletes all of them. */
async function withApplications(size: number, work: (measured: Measured) => Promise<void>): Promise<void> {
    const names = (maker: string) => Array.from({ length: size }, (_, index) => `bench-${maker}-${index + 1}`);
    const measured = {
        set: { repository: await copyAgentRepository("bench-set"), names: names("set") },
        plain: { repository: await copyAgentRepository("bench-plain"), names: names("plain") },
    };
    const urls = makers.map((maker) => agentRepositoryUrl(measured[maker].repository));
    const [setUrl = "", plainUrl = ""] = urls;
    const label = { "hubspoke/bench-maker": "set" };
    await clearDelivery();
    await applyByHand("hub", [appProject(urls)]);
    const set = await registerClusters(measured.set.names, label);
    const plain = await registerClusters(measured.plain.names, {});
    try {
        await applyByHand("hub", [
            await applicationSet(setUrl, label),
            ...plain.clusters.map((cluster) => plainApplication(plainUrl, cluster)),
        ]);
        await waitForRevision([...measured.set.names, ...measured.plain.names]);
        await work(measured);
    } finally {
        await clearDelivery();
        set.close();
        plain.close();
        Object.values(measured).forEach(({ repository }) => fs.rmSync(repository, { recursive: true }));
    }
}
