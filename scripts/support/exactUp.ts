import * as fs from "node:fs";
import * as path from "node:path";
import { previewStack, withPolicies } from "../preview/stackPreview";
import { inFolder } from "./folder";
import { isChange, type Owns, strangeChanges } from "./ownChanges";
import { errorsOf, pulumi } from "./pulumi";
import { environmentFileVariable } from "../../settings/stack";
import { settingsFile, stackFile } from "./stackFile";

/** An `up` that makes the changes of one operation, and no other change that is pending in the checkout. */
export interface ExactUp {
    readonly stack: string;
    /** The operation, for errors: "the rotation". */
    readonly operation: string;
    /** Changes the settings in a stack file; it runs on a copy first. */
    readonly edit: (file: string) => Promise<void> | void;
    readonly owns: Owns;
    /** URNs, or patterns of URNs, of the resources to bring up; undefined means the whole stack. */
    readonly targets?: readonly string[];
    /** More variables for `pulumi`. */
    readonly env?: Readonly<Record<string, string>>;
}

/** An operation makes its own change alone: the next plain `up` renews tokens that are due (dynamic/boundToken.ts). */
const withoutRenewal = { HUBSPOKE_RENEW: "never" };

/**
 * Previews the operation, with the policies and with a copy of the stack file, and saves the plan in the folder. The
 * plan contains the stack's secrets, encrypted with its key: the folder must be a temporary one. Changes nothing.
 *
 * @returns whether anything would change
 * @throws Error if the preview fails, if a policy refuses the change, or if anything else would change: with the list
 *     of other changes, and the remedy
 */
export async function planExactly(exact: ExactUp, folder: string): Promise<boolean> {
    const { stack, operation, edit, owns, targets } = exact;
    const file = settingsFile(stack);
    const copy = path.join(folder, stack, path.basename(file));
    fs.mkdirSync(path.dirname(copy), { recursive: true });
    fs.copyFileSync(file, copy);
    await edit(copy);
    const isShard = file !== stackFile(stack);
    const from = isShard ? [] : ["--config-file", copy];
    const env = { ...withoutRenewal, ...exact.env, ...(isShard && { [environmentFileVariable]: copy }) };
    const args = [...from, "--save-plan", planIn(folder, stack), ...withPolicies, ...only(targets)];
    const { ok, text, changes, violations } = await previewStack(stack, args, env);
    if (!ok) {
        const refused = violations
            .filter(({ level }) => level === "mandatory")
            .map(({ policy, message }) => `  ${policy}: ${message}`);
        const why = refused.length > 0 ? `a policy refuses it:\n${refused.join("\n")}` : `it failed:\n${errorsOf(text)}`;
        throw new Error(`nothing was brought up, because of the preview of ${operation} in the stack ${stack}: ${why}`);
    }
    refuseStrange(stack, operation, strangeChanges(changes, owns));
    return changes.some(isChange);
}

/** Changes of stack files: shards of one environment have one, and an edit reads the whole file and writes it. */
let edits = Promise.resolve();

/** Writes the settings into the stack file, and brings the stack up, limited to the plan in the folder. */
export async function upAsPlanned({ stack, edit, targets, env }: ExactUp, folder: string): Promise<void> {
    const edited = edits.then(() => edit(settingsFile(stack)));
    edits = edited.catch(() => undefined);
    await edited;
    const args = ["up", "--yes", "--skip-preview", "--plan", planIn(folder, stack), ...only(targets)];
    await pulumi(stack, args, { ...withoutRenewal, ...env });
}

/** Does both: see {@link planExactly}. */
export async function upExactly(exact: ExactUp): Promise<void> {
    await inFolder(async (folder) => {
        await planExactly(exact, folder);
        await upAsPlanned(exact, folder);
    });
}

/**
 * Makes the changes that an interrupted run of the operation has left to do, with the settings as they are.
 *
 * @returns whether there were any
 * @throws Error if the stack has other pending changes, which the operation would deploy too: with the list of them,
 *     and the remedy
 */
export async function finishExactly(stack: string, operation: string, owns: Owns): Promise<boolean> {
    const rest = { stack, operation, edit: () => undefined, owns };
    return inFolder(async (folder) => {
        const isLeft = await planExactly(rest, folder);
        if (isLeft) {
            await upAsPlanned(rest, folder);
        }
        return isLeft;
    });
}

function refuseStrange(stack: string, operation: string, strange: readonly string[]): void {
    if (strange.length > 0) {
        throw new Error(
            `nothing was brought up: besides ${operation}, this would change in the stack ${stack}:\n` +
                `${strange.map((line) => `  ${line}`).join("\n")}\n` +
                "Either it was merged and is not deployed yet, or this checkout is older than the deployed state. Update " +
                `the checkout, check \`pulumi preview --stack ${stack} --diff\`, deploy that, and run this again`,
        );
    }
}

function planIn(folder: string, stack: string): string {
    return path.join(folder, `plan-${stack}.json`);
}

function only(targets: readonly string[] = []): string[] {
    return targets.flatMap((target) => ["--target", target]);
}
