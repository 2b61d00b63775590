import * as path from "node:path";
import { type Contradiction, describeContradiction } from "../../preflight/recorded";
import { InputError } from "../../settings/inputError";
import { settingsOf } from "../support/pulumi";
import { ownerOf, settingsFile } from "../support/stackFile";
import { hubSettingsOf } from "../support/stacks";
import { readDeployed } from "./deployed";
import { staleActive, staleClusters } from "./stale";

/**
 * Refuses a checkout that is older than what was deployed. On a hub its records do this (preflight/recorded.ts); they
 * are lost with it, and the states stand in for them.
 *
 * @param hub the hub's stack
 * @param environments the stacks with clusters
 * @param active the cluster that users reach, as the user confirms; undefined if it is the one that the hub published
 * @throws InputError that names each setting with its file, and what to write
 */
export async function refuseStaleCheckout(
    hub: string,
    environments: readonly string[],
    active: string | undefined,
): Promise<void> {
    const [hubSettings, deployed] = await Promise.all([hubSettingsOf(hub), readDeployed(hub, environments)]);
    const stale = staleActive(hub, hubSettings, deployed, active).map((one) => inWords(hub, one));
    for (const stack of new Set(environments.map(ownerOf))) {
        const settings = await settingsOf(stack);
        if (settings.role === "environment") {
            stale.push(...staleClusters(stack, settings, deployed, hubSettings).map((one) => inWords(stack, one)));
        }
    }
    if (stale.length > 0) {
        const lines = stale.map((line) => `\n  ${line}`).join("");
        throw new InputError(`nothing was changed: this checkout is not what was deployed last.${lines}`);
    }
}

function inWords(stack: string, contradiction: Contradiction): string {
    return `${path.basename(settingsFile(stack))}: ${describeContradiction(contradiction)}`;
}
