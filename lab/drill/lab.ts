import { logIn, startArgoCd } from "../argocd";
import { clusterStates } from "../clusters";
import { forgetUp, isUpToDate, rememberUp } from "../fingerprint";
import { installDnsEndpoints, removeDnsEndpoints } from "../monitoring";
import type { Report } from "../phases";
import { expectedApplications } from "../stacks/overlay";
import { environmentStacks, type StackName } from "../stacks/project";
import { adminPassword, up } from "../stacks/pulumi";
import { unhealthyApplications, waitForApplications, waitForConnections } from "../waiting";
import { laySettings, takeSettingsBack } from "./settings";
import { forgetMoves } from "./stage";

/** @throws Error that says what is missing, if the lab is not up */
export async function refuseLabThatIsNotUp(): Promise<void> {
    const dead = (await clusterStates()).filter(({ serving }) => !serving).map(({ name, reason }) => `${name}: ${reason}`);
    const waiting = dead.length > 0 ? dead : await unhealthyApplications(expectedApplications());
    if (waiting.length > 0) {
        throw new Error(`the lab is not up: ${waiting.join("; ")}. Run \`npm run lab\``);
    }
}

/**
 * Applies the drill's settings to the running lab, which then publishes a name for users and probes its clusters often,
 * with `pulumi up`, and external-dns' kind on the hub. Users are on prod, independent of the record of an earlier
 * drill. A lab that has these settings already does not change.
 *
 * @returns whether the lab was up with the present checkout
 */
export async function prepareLab(report: Report): Promise<boolean> {
    const wasUpToDate = isUpToDate();
    // From here on, `npm run lab` sees a changed lab, and restores it.
    forgetUp();
    await installDnsEndpoints();
    await forgetMoves();
    await bringUp(await laySettings(), report);
    return wasUpToDate;
}

/** Restores the lab's settings; releases during the drill stay. */
export async function restoreLab(wasUpToDate: boolean, report: Report): Promise<void> {
    await bringUp(takeSettingsBack(), report);
    await removeDnsEndpoints();
    if (wasUpToDate) {
        rememberUp();
    }
}

/** The hub first, whose outputs the environments read. */
async function bringUp(stacks: readonly StackName[], report: Report): Promise<void> {
    if (stacks.includes("hub")) {
        await up("hub", report);
        await startArgoCd(report);
        await logIn(adminPassword);
    }
    await Promise.all(environmentStacks.filter((stack) => stacks.includes(stack)).map((stack) => up(stack, report)));
    await waitForApplications(expectedApplications());
    await waitForConnections(expectedApplications());
}
