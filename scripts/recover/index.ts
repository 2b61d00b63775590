/**
 * Repairs a stack after a killed `pulumi` process, and on request runs its operation again:
 *
 *     npm run recover -- staging          npm run recover -- staging up          npm run recover -- staging destroy
 *
 * It releases the dead run's lock, looks for the objects that the run began to create, adopts those with this stack's
 * mark into the state, and then refreshes the state from the clusters. It does the same for objects whose creation had
 * no answer. It changes nothing while the run is alive, or while an object that the run may have created belongs to
 * another owner.
 */
import { folderBackend, refuseBrokenState } from "./backend";
import { look } from "./clusters";
import { decide, sentence } from "./decisions";
import { adoptLost } from "./lost";
import { holderOf, type Lock, locksIn, nameOfHolder } from "./lock";
import { type RecoverOptions, recoverOptions } from "./options";
import { questionOf } from "./questions";
import { main, say } from "../support/main";
import { pulumi, settingsOf } from "../support/pulumi";
import { type PendingOperation, readState, settled, type StateResource, writeState } from "../support/state";

async function recover({ stack, next, deadHost }: RecoverOptions): Promise<void> {
    const locks = await locksOf(stack);
    for (const lock of locks) {
        refuseLiveHolder(stack, lock, deadHost);
        say(`${stack}: was locked by ${nameOfHolder(lock)}, which is dead`);
    }
    const state = await readState(stack);
    const { pending_operations: pending = [], resources = [] } = state.deployment;
    const made = pending.length === 0 ? new Map<string, string>() : await madeBy(stack, pending, resources);
    if (locks.length > 0 || deadHost !== undefined) {
        await pulumi(stack, ["cancel", "--yes"]);
    }
    if (pending.length > 0) {
        await writeState(stack, settled(state, made), state);
    }
    await pulumi(stack, ["refresh", "--yes", "--skip-preview"]);
    await adoptLost(stack);
    say(`${stack}: the state matches the clusters`);
    if (next === undefined) {
        say(`${stack}: continue with \`pulumi up --stack ${stack}\` or \`pulumi destroy --stack ${stack}\``);
        return;
    }
    await pulumi(stack, [next, "--yes", "--skip-preview"]);
    say(`${stack}: ${next} is done`);
}

/** The stack's locks; in an object store or Pulumi Cloud they are visible only when `pulumi` refuses to run. */
async function locksOf(stack: string): Promise<Lock[]> {
    const backend = await folderBackend();
    if (backend === undefined) {
        return [];
    }
    refuseBrokenState(backend, stack);
    return locksIn(backend.folder, `organization/${backend.project}/${stack}`);
}

function refuseLiveHolder(stack: string, lock: Lock, deadHost: string | undefined): void {
    const holder = nameOfHolder(lock);
    switch (holderOf(lock)) {
        case "alive":
            throw new Error(`${stack} is in use by ${holder}. Wait until that run ends, or stop it`);
        case "elsewhere":
            if (lock.hostname !== deadHost) {
                throw new Error(
                    `${stack} is locked by ${holder}, which this machine cannot check. If that run is dead, use: ` +
                        `npm run recover -- ${stack} --holder-is-dead ${lock.hostname}`,
                );
            }
            return;
        case "dead":
            return;
    }
}

/**
 * IDs of the objects that the pending operations of a state created, by URN.
 *
 * @throws Error that names what a person must decide first
 */
async function madeBy(stack: string, pending: readonly PendingOperation[], known: readonly StateResource[]) {
    const made = new Map<string, string>();
    const refused: string[] = [];
    const settings = await settingsOf(stack);
    for (const operation of pending) {
        const question = questionOf(operation, known);
        const decision = decide(question, await look(settings, question));
        const line = `${stack}: ${sentence(operation, decision)}`;
        switch (decision.what) {
            case "adopt":
                made.set(operation.resource.urn, decision.id);
                say(line);
                break;
            case "forget":
                say(line);
                break;
            case "refuse":
                refused.push(line);
        }
    }
    if (refused.length > 0) {
        throw new Error(`${refused.join("\n")}\n${stack}: nothing was changed`);
    }
    return made;
}

main(module, (args) => recover(recoverOptions(args)));
