import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { clusterStates } from "../clusters";
import { drill } from "../drill/drill";
import { People } from "../drill/people";
import { picture } from "../drill/picture";
import { dnsServer, startReceiver, stopReceiver } from "../drill/receiver";
import { allowed, forgetMoves, setAutomatic } from "../drill/stage";
import { timelineRows } from "../drill/timeline";
import { fleetDomain, startMonitoring, stopMonitoring } from "../monitoring";
import { labDir, labName } from "../paths";
import { Phases } from "../phases";
import { findProcess } from "../processes";
import { table } from "../tables";

/**
 * Loses prod in the running lab and shows what follows, with the times: `npm run drill [-- --keep]`. What watches the
 * lab is started for it and stopped afterwards, unless it ran before or is to be kept.
 */
export async function drillCommand(): Promise<void> {
    const { values } = parseArgs({ args: process.argv.slice(3), options: { keep: { type: "boolean", default: false } } });
    const dead = (await clusterStates()).filter(({ serving }) => !serving);
    if (dead.length > 0) {
        throw new Error(`the lab is not up: ${dead.map(({ name, reason }) => `${name}: ${reason}`).join("; ")}. Run \`npm run lab\``);
    }
    const keep = values.keep || findProcess("prometheus") !== undefined;
    const phases = new Phases();
    const people = new People();
    const ports = await phases.run("DNS, probes, Prometheus and Alertmanager", startMonitoring);
    try {
        const steps = await phases.run("the drill", async (report) => {
            await people.listen(ports.people);
            await forgetMoves();
            setAutomatic(true);
            await startReceiver("dr");
            return drill({ ports, people, allowed: allowed(), tell: report });
        });
        const title = `A drill in the lab "${labName}": prod is lost`;
        const result = path.join(labDir, "drill");
        fs.writeFileSync(`${result}.json`, `${JSON.stringify({ title, at: new Date().toISOString(), steps }, undefined, 2)}\n`);
        fs.writeFileSync(`${result}.svg`, picture(title, steps));
        const head = ["seconds", "what", "at the least", "times that", "from the settings"];
        process.stdout.write(`${table(head, timelineRows(steps))}\n${result}.json and ${result}.svg have the same.\n`);
    } finally {
        people.close();
        await stopReceiver();
        setAutomatic(false);
        if (!keep) {
            await stopMonitoring();
        }
    }
    if (keep) {
        const lab = labName === "default" ? "" : `LAB_NAME=${labName} `;
        process.stdout.write(
            `Still running, until ${lab}npm run lab:down: Prometheus http://127.0.0.1:${ports.prometheus}, ` +
                `Alertmanager http://127.0.0.1:${ports.alertmanager}, DNS ${dnsServer(ports)} for ${fleetDomain()}\n`,
        );
    }
}
