import { readFileSync, writeFileSync } from "node:fs";
import type { Change } from "../preview/events";
import { type ExactUp, planExactly, upAsPlanned } from "../support/exactUp";
import type { Path } from "../support/ownChanges";
import { addSetting, setSetting, stackFile } from "../support/stackFile";
import { say } from "../support/main";
import { pulumi } from "../support/pulumi";
import type { FailoverHub } from "./clusters";
import { awayOrInUse, inUse, withPatience } from "./patience";

/** The one resource that says where users go, whatever its name, in the hub's stack. */
const target = "urn:pulumi:**$hubspoke:index:Traffic$kubernetes:externaldns.k8s.io/v1alpha1:DNSEndpoint::**";

/** Where users are to go. */
export interface Destination {
    readonly active: string;
    /** ID of the move that the hub records last, where the new one contradicts it. */
    readonly acknowledge: string | undefined;
}

/** A move of the users' name, as the hub's stack knows it. */
function publication({ stack }: FailoverHub, { active, acknowledge }: Destination): ExactUp {
    return {
        stack,
        operation: "the failover",
        edit: (file) => {
            setSetting(file, ["traffic", "active"], active);
            if (acknowledge !== undefined) {
                addSetting(file, ["traffic", "acknowledge"], acknowledge);
            }
        },
        owns: publicationOwns,
        targets: [target],
    };
}

/**
 * What a move changes: where the name leads, of one record or two. A TTL that waits in the checkout is no reason to
 * keep users where they are.
 */
export function publicationOwns({ operation, before }: Change): readonly Path[] | undefined {
    if (operation !== "create" && operation !== "update") {
        return undefined;
    }
    const { endpoints = [] } = (before?.spec ?? {}) as { readonly endpoints?: readonly object[] };
    const records = endpoints.map((_, index) => ["spec", "endpoints", String(index)]);
    return records.flatMap((record) => [[...record, "targets"], [...record, "recordTTL"]]);
}

/**
 * Finds out whether the name can be moved, before anything that cannot be taken back: the state's record is read anew
 * from the hub, for which `pulumi` takes the stack's lock as its `up` will, and the move is previewed with all checks
 * and policies. The stack file stays as it is.
 *
 * @throws Error that says what is in the way
 */
export async function planPublication(hub: FailoverHub, to: Destination, folder: string): Promise<void> {
    await pulumi(hub.stack, ["refresh", "--yes", "--skip-preview", "--target", target]).catch((error: Error) => {
        const remedy = inUse.test(error.message) ? `. Where that run is dead: npm run recover -- ${hub.stack}` : "";
        throw new Error(`the hub's stack cannot be brought up now: ${error.message}${remedy}`, { cause: error });
    });
    await planExactly(publication(hub, to), folder);
}

/**
 * Changes the one setting that says which cluster is active, and brings up the one resource that follows from it. Where
 * that fails, the stack file says again what it said before: it must never say what is not so.
 */
export async function publish(hub: FailoverHub, to: Destination, folder: string): Promise<void> {
    const file = stackFile(hub.stack);
    const before = readFileSync(file, "utf8");
    say(`hubspoke:traffic.active becomes ${to.active} in ${file}; bringing up the record …`);
    try {
        await withPatience("the hub", () => upAsPlanned(publication(hub, to), folder), awayOrInUse);
    } catch (error) {
        writeFileSync(file, before);
        throw new Error(
            `the name was not moved, and ${file} says again that ${hub.active} is active. ` +
                `Mend this, and run it again: ${(error as Error).message}`,
            { cause: error },
        );
    }
}
