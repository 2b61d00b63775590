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

/** @throws Error that says what is missing, where the lab is not up */
export async function refuseLabThatIsNotUp(): Promise<void> {
    const dead = (await clusterStates()).filter(({ serving }) => !serving).map(({ name, reason }) => `${name}: ${reason}`);
    const waiting = dead.length > 0 ? dead : await unhealthyApplications(expectedApplications());
    if (waiting.length > 0) {
        throw new Error(`the lab is not up: ${waiting.join("; ")}. Run \`npm run lab\``);
    }
}

/**
 * Makes the running lab one that publishes a name for users and watches its clusters closely: the drill's settings, by
 * `pulumi up`, and external-dns' kind on the hub. Users are on prod, whatever an earlier drill left on record. A lab
 * that is so already is left alone.
 *
 * @returns whether the lab was up with what stands in the checkout
 */
export async function prepareLab(report: Report): Promise<boolean> {
    const wasUpToDate = isUpToDate();
    // From here on `npm run lab` does not take the lab for its own, and brings it back.
    forgetUp();
    await installDnsEndpoints();
    await forgetMoves();
    await bringUp(await laySettings(), report);
    return wasUpToDate;
}

/** Makes it an ordinary lab again; what was released meanwhile stays. */
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
