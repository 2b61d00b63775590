import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { drill } from "../drill/drill";
import { prepareLab, refuseLabThatIsNotUp, restoreLab } from "../drill/lab";
import { People } from "../drill/people";
import { picture } from "../drill/picture";
import { dnsServer, startReceiver, stopReceiver } from "../drill/receiver";
import { allowed } from "../drill/stage";
import { type Step, timelineRows } from "../drill/timeline";
import {
    ensureMonitoringTools,
    fleetDomain,
    type MonitoringPorts,
    startMonitoring,
    stopMonitoring,
} from "../monitoring";
import { labDir, labName } from "../paths";
import { Phases } from "../phases";
import { table } from "../tables";

/**
 * Simulates the loss of prod in the running lab, and prints a timeline: `npm run drill [-- --keep]`. For the drill, it
 * changes settings of the lab, and restores them afterwards unless `--keep` is given.
 */
export async function drillCommand(): Promise<void> {
    const { values } = parseArgs({ args: process.argv.slice(3), options: { keep: { type: "boolean", default: false } } });
    await refuseLabThatIsNotUp();
    const phases = new Phases();
    await phases.run("tools", ensureMonitoringTools);
    const wasUpToDate = await phases.run("the drill's settings", prepareLab);
    const ports = await phases.run("DNS, probes, Prometheus and Alertmanager", startMonitoring);
    const onInterrupt = () => void giveUp("interrupted");
    process.once("SIGINT", onInterrupt);
    try {
        show(await phases.run("the drill", (report) => drillWithPeople(ports, (line) => report(line, true))));
    } catch (error) {
        await giveUp((error as Error).message);
    }
    process.off("SIGINT", onInterrupt);
    if (values.keep) {
        tellWhatRuns(ports);
        return;
    }
    await phases.run("the lab's own settings", async (report) => {
        await stopMonitoring();
        await restoreLab(wasUpToDate, report);
    });
}

/** Ends an interrupted drill: nothing that it started may move users afterwards. */
async function giveUp(why: string): Promise<never> {
    await stopReceiver();
    await stopMonitoring();
    process.stderr.write(`${why}\nThe lab has the drill's settings, and prod may be dead. To repair it: npm run lab\n`);
    process.exit(1);
}

async function drillWithPeople(ports: MonitoringPorts, tell: (line: string) => void): Promise<readonly Step[]> {
    const people = new People();
    try {
        await people.listen(ports.people);
        await startReceiver("dr");
        return await drill({ ports, people, allowed: allowed(), tell });
    } finally {
        people.close();
        await stopReceiver();
    }
}

/** Prints the timeline, and writes it into the lab's folder. */
function show(steps: readonly Step[]): void {
    const title = `A drill in the lab "${labName}": prod is lost`;
    const result = path.join(labDir, "drill");
    fs.writeFileSync(`${result}.json`, `${JSON.stringify({ title, at: new Date().toISOString(), steps }, undefined, 2)}\n`);
    fs.writeFileSync(`${result}.svg`, picture(title, steps));
    const head = ["seconds", "what", "at the least", "times that", "from the settings"];
    process.stdout.write(`${table(head, timelineRows(steps))}\n${result}.json and ${result}.svg have the same.\n`);
}

function tellWhatRuns(ports: MonitoringPorts): void {
    const lab = labName === "default" ? "" : `LAB_NAME=${labName} `;
    process.stdout.write(
        `Still running, until ${lab}npm run lab:down: Prometheus http://127.0.0.1:${ports.prometheus}, ` +
            `Alertmanager http://127.0.0.1:${ports.alertmanager}, DNS ${dnsServer(ports)} for ${fleetDomain()}\n`,
    );
}
