import { inUse } from "../failover/patience";
import { say } from "../support/main";
import { pulumi } from "../support/pulumi";
import { holderOf, type Lock, locksNamedIn, nameOfHolder } from "./lock";

/**
 * Refuses locks in a folder of which a run may be alive: those of other machines, unless the user confirms.
 *
 * @param deadHost the machine whose run is dead, as the user confirms
 * @throws Error that names the holder
 */
export function refuseLiveHolders(stack: string, locks: readonly Lock[], deadHost: string | undefined): void {
    locks.filter((lock) => holderOf(lock) !== "dead").forEach((lock) => refuseUnconfirmed(stack, lock, deadHost));
    locks.forEach((lock) => sayDead(stack, lock));
}

/** Deletes the locks of a stack, which are all of dead runs. Without one it does nothing: another run may begin now. */
export async function release(stack: string, locks: readonly Lock[]): Promise<void> {
    if (locks.length > 0) {
        await cancel(stack);
    }
}

/**
 * Does work that `pulumi` refuses while the stack is locked, where nothing else shows the locks: in an object store and
 * in Pulumi Cloud. If the user confirms each holder in that refusal, the locks are released and the work is done again.
 *
 * Pulumi Cloud names no holder: there, the confirmation alone decides.
 *
 * @param deadHost the machine whose run is dead, as the user confirms
 * @param work changes nothing if it is refused, and can be repeated
 * @throws Error that names the holder of a lock that is not confirmed; as the work, if it fails for another reason
 */
export async function pastDeadLocks(
    stack: string,
    deadHost: string | undefined,
    work: () => Promise<void>,
): Promise<void> {
    try {
        return await work();
    } catch (error) {
        const { message } = error as Error;
        const locks = locksNamedIn(message);
        if (!inUse.test(message) || locks === undefined) {
            throw error;
        }
        if (locks.length === 0 && deadHost === undefined) {
            throw new Error(`${message}\nIf that run is dead: npm run recover -- ${stack} --holder-is-dead HOST`, { cause: error });
        }
        // Many machines use such a backend, and two of them may have one name: each lock needs the confirmation.
        locks.forEach((lock) => refuseUnconfirmed(stack, lock, deadHost));
        locks.forEach((lock) => sayDead(stack, lock));
        await cancel(stack);
    }
    return work();
}

function refuseUnconfirmed(stack: string, lock: Lock, deadHost: string | undefined): void {
    const holder = nameOfHolder(lock);
    if (holderOf(lock) === "alive") {
        throw new Error(`${stack} is in use by ${holder}. Wait until that run ends, or stop it`);
    }
    if (lock.hostname !== deadHost) {
        throw new Error(
            `${stack} is locked by ${holder}, which this machine cannot check. If that run is dead, use: ` +
                `npm run recover -- ${stack} --holder-is-dead ${lock.hostname}`,
        );
    }
}

function sayDead(stack: string, lock: Lock): void {
    say(`${stack}: was locked by ${nameOfHolder(lock)}, which is dead`);
}

/** Deletes all locks of the stack, whoever holds them (pulumi, pkg/backend/diy/backend.go, `CancelCurrentUpdate`). */
async function cancel(stack: string): Promise<void> {
    await pulumi(stack, ["cancel", "--yes"]);
}
