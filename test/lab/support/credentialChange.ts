import { expect } from "chai";
import { changeInLab, type StackName } from "../../../lab/stacks/project";
import { whileSyncing } from "./syncing";
import { changedCluster } from "./lab";
import { operationsOf, type Operations } from "./operations";

/** Writes how Argo CD authenticates to the only cluster of an environment into the lab's stack file. */
export function writeCredentials(stack: StackName, credentials: object): void {
    expect(changeInLab(stack, changedCluster(stack, (settings) => ({ ...settings, credentials })))).to.equal(true);
}

/**
 * Brings an environment up with another credential, while its Application is synced every second. Fails if a sync fails
 * meanwhile: then Argo CD had no access for a moment.
 */
export async function changeCredential(stack: StackName, credentials: object): Promise<Operations> {
    writeCredentials(stack, credentials);
    let operations: Operations = {};
    const { failures, succeeded } = await whileSyncing(`agent-${stack}`, async () => {
        operations = await broughtUp(stack);
    });
    expect(failures).to.deep.equal([]);
    expect(succeeded).to.be.greaterThan(1);
    return operations;
}

/** What a preview of an environment would change, by logical names. */
export async function announced(stack: StackName): Promise<Operations> {
    return byName(await operationsOf(stack, "preview"));
}

/** What an `up` of an environment changes, by logical names. */
export async function broughtUp(stack: StackName): Promise<Operations> {
    return byName(await operationsOf(stack, "up", "--yes", "--skip-preview"));
}

/** The names of what was replaced, and of what was deleted. */
export function lost(operations: Operations): { readonly replaced: string[]; readonly deleted: string[] } {
    const named = (wanted: string) => Object.keys(operations).filter((name) => operations[name] === wanted).sort();
    return { replaced: named("replace"), deleted: named("delete") };
}

function byName(operations: Operations): Operations {
    const changed = Object.entries(operations).filter(([, operation]) => operation !== "read");
    return Object.fromEntries(changed.map(([urn, operation]) => [urn.split("::").at(-1) ?? urn, operation]));
}
