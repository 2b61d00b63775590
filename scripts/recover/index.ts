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
import { type FolderBackend, folderBackend, refuseBrokenState } from "./backend";
import { look } from "./clusters";
import { decide, sentence } from "./decisions";
import { adoptLost } from "./lost";
import { type Lock, locksIn } from "./lock";
import { type RecoverOptions, recoverOptions } from "./options";
import { questionOf } from "./questions";
import { pastDeadLocks, refuseLiveHolders, release } from "./release";
import { main, say } from "../support/main";
import { pulumi, settingsOf } from "../support/pulumi";
import { type PendingOperation, readState, settled, type StateResource, writeState } from "../support/state";

/**
 * Repairs a stack, and then runs what is asked for.
 *
 * @throws Error that names a run that may be alive, or what a person must decide first; nothing was changed then
 */
export async function recover({ stack, next, deadHost }: RecoverOptions): Promise<void> {
    const backend = await folderBackend();
    const locks = backend === undefined ? [] : locksOf(backend, stack);
    refuseLiveHolders(stack, locks, deadHost);
    const state = await readState(stack);
    const { pending_operations: pending = [], resources = [] } = state.deployment;
    const made = pending.length === 0 ? new Map<string, string>() : await madeBy(stack, pending, resources);
    const repair = async () => {
        if (pending.length > 0) {
            await writeState(stack, settled(state, made), state);
        }
        await pulumi(stack, ["refresh", "--yes", "--skip-preview"]);
    };
    await release(stack, locks);
    await (backend === undefined ? pastDeadLocks(stack, deadHost, repair) : repair());
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
function locksOf(backend: FolderBackend, stack: string): Lock[] {
    refuseBrokenState(backend, stack);
    return locksIn(backend.folder, `organization/${backend.project}/${stack}`);
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
