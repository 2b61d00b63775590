import { readFileSync } from "node:fs";
import type { Change } from "../preview/events";
import { type ExactUp, planExactly, upAsPlanned } from "../support/exactUp";
import type { Path } from "../support/ownChanges";
import { addSetting, restoreSettings, setSetting, stackFile } from "../support/stackFile";
import { say } from "../support/main";
import { pulumi } from "../support/pulumi";
import type { FailoverHub } from "./clusters";
import { awayOrInUse, inUse, withPatience } from "./patience";

/** The one resource in the hub's stack that directs users to a cluster, with any name. */
const target = "urn:pulumi:**$hubspoke:index:Traffic$kubernetes:externaldns.k8s.io/v1alpha1:DNSEndpoint::**";

/** The target of a move. */
export interface Destination {
    readonly active: string;
    /** ID of the last recorded move on the hub, if the new one contradicts it. */
    readonly acknowledge: string | undefined;
}

/** The settings that a move changes. */
const activeSettings = [["traffic", "active"], ["traffic", "acknowledge"]] as const;

/** A move of the users' name, as a change of the hub's stack. */
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
 * The changes of a move: the targets of one or two DNS records. A pending change of the TTL in the checkout is not a
 * reason to refuse the move.
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
 * Checks whether the name can move, before any step that cannot be undone: it refreshes the record in the state from
 * the hub, for which `pulumi` locks the stack like for `up`, and previews the move with all checks and policies. The
 * stack file does not change.
 *
 * @throws Error that says why the name cannot move
 */
export async function planPublication(hub: FailoverHub, to: Destination, folder: string): Promise<void> {
    await pulumi(hub.stack, ["refresh", "--yes", "--skip-preview", "--target", target]).catch((error: Error) => {
        const remedy = inUse.test(error.message) ? `. If that run is dead: npm run recover -- ${hub.stack}` : "";
        throw new Error(`the hub's stack cannot be brought up now: ${error.message}${remedy}`, { cause: error });
    });
    await planExactly(publication(hub, to), folder);
}

/**
 * Changes the setting of the active cluster, and brings up the one resource that depends on it. If that fails, it takes
 * that change back, because the stack file must always describe the deployed state.
 */
export async function publish(hub: FailoverHub, to: Destination, folder: string): Promise<void> {
    const file = stackFile(hub.stack);
    const before = readFileSync(file, "utf8");
    let written = before;
    const exact = publication(hub, to);
    const edit = async (path: string) => {
        await exact.edit(path);
        written = readFileSync(path, "utf8");
    };
    say(`hubspoke:traffic.active becomes ${to.active} in ${file}; bringing up the DNS record …`);
    try {
        await withPatience("the hub", () => upAsPlanned({ ...exact, edit }, folder), awayOrInUse);
    } catch (error) {
        restoreSettings(file, activeSettings, before, written);
        throw new Error(
            `the name was not moved, and ${file} names ${hub.active} as active again. ` +
                `Correct this error, and run the failover again: ${(error as Error).message}`,
            { cause: error },
        );
    }
}
