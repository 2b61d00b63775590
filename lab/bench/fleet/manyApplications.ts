import * as fs from "node:fs";
import * as path from "node:path";
import { agentRepository, agentRepositoryUrl, startArgoCd } from "../../argocd";
import { recordedClusters } from "../../fleet/record";
import { divideFleet, previewFleet, registerFleet } from "../../fleet/stacks";
import { projectRoot } from "../../paths";
import { stopProcess } from "../../processes";
import { projectDir } from "../../stacks/environment";
import { changeInLab } from "../../stacks/project";
import { pulumi, up } from "../../stacks/pulumi";
import { table } from "../../tables";
import { waitForRevision } from "../../waiting";
import { release } from "../delivery/releases";
import { median } from "../medians";
import { measured, type Usage } from "../usage";

const quiet = () => undefined;

/** Names of the applications, and of their namespaces. */
const names = Array.from({ length: 10 }, (_, index) => `app-${String(index + 1).padStart(2, "0")}`);

const rounds = 3;
const setting = "hubspoke:applications";

/** Only the lean control planes get the applications. */
const label = { bench: "true" };

/**
 * Ten applications on every lean control plane: `up` of the hub and of the environment, previews, and a push to all of
 * them; the push in turns with one to the same Applications without their ApplicationSets' controller, as plain ones.
 */
export async function manyApplications(): Promise<string[]> {
    const clusters = recordedClusters();
    const all = clusters.flatMap((cluster) => names.map((name) => `${name}-${cluster}`));
    const rows: [what: string, usage: Usage][] = [];
    const measure = async (what: string, work: () => Promise<unknown>) => {
        rows.push([what, await measured(work)]);
        process.stderr.write(`${what}: ${rows.at(-1)?.[1].seconds.toFixed(1)} s\n`);
    };
    writeRules();
    try {
        setApplications({});
        await measure("pulumi up of the hub", () => up("hub", quiet));
        await divideFleet(clusters, label);
        await measure("fleet up of the environment", () => registerFleet(clusters, quiet, label));
        await measure("until all are Healthy", () => waitForRevision(all));
        await measure("pulumi preview of the hub", () => pulumi("hub", ["preview", "--expect-no-changes"]));
        await measure("fleet preview of the environment", previewFleet);
        const { sets, plain } = await releases(all);
        return [
            `${clusters.length} clusters, ${names.length} applications, ${all.length} Applications:`,
            table(
                ["what", "s", "processor s", "MB", "load"],
                rows.map(([what, { seconds, processor, megabytes, load }]) => {
                    return [what, seconds.toFixed(1), processor.toFixed(1), megabytes.toFixed(0), load.toFixed(0)];
                }),
            ),
            `From a push to Healthy on all, medians of ${rounds} rounds: ${sets.toFixed(1)} s, and ${plain.toFixed(1)} s for ` +
                `plain Applications, ${(sets / plain).toFixed(2)} times.`,
        ];
    } finally {
        await startArgoCd(quiet);
        await removeApplications(clusters);
    }
}

/** Medians of a push with the ApplicationSets' controller and without it, in turns. */
async function releases(applications: readonly string[]): Promise<{ readonly sets: number; readonly plain: number }> {
    const times = { sets: [] as number[], plain: [] as number[] };
    for (let round = 0; round < rounds; round++) {
        await startArgoCd(quiet);
        times.sets.push(await release(agentRepository, applications, true, "helm/values-fleet.yaml"));
        await stopProcess("argocd-applicationset-controller");
        times.plain.push(await release(agentRepository, applications, true, "helm/values-fleet.yaml"));
    }
    return { sets: median(times.sets), plain: median(times.plain) };
}

/** All have the agent's chart, and so its rules. */
function writeRules(): void {
    const rules = fs.readFileSync(path.join(projectRoot, "rules", "agent.json"), "utf8");
    fs.mkdirSync(path.join(projectDir, "rules"), { recursive: true });
    names.forEach((name) => fs.writeFileSync(path.join(projectDir, "rules", `${name}.json`), rules));
}

function setApplications(more: object): void {
    const one = { repository: agentRepositoryUrl(), path: "helm", selector: label, facts: true, ...more };
    const applications = Object.fromEntries(names.map((name) => [name, { ...one, namespace: name }]));
    changeInLab("hub", (config) => ({ ...config, [setting]: applications }));
}

/** Takes them away as docs/applications.md says: they drain first. */
async function removeApplications(clusters: ReturnType<typeof recordedClusters>): Promise<void> {
    setApplications({ deliver: false });
    await up("hub", quiet);
    await registerFleet(clusters, quiet);
    changeInLab("hub", (config) => ({ ...config, [setting]: undefined }));
    await up("hub", quiet);
    names.forEach((name) => fs.rmSync(path.join(projectDir, "rules", `${name}.json`)));
}
