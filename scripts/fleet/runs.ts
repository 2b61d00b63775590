import type { EngineEvent, OpMap, Stack } from "@pulumi/pulumi/automation";
import { policyPack } from "../preview/stackPreview";
import { errorsOf } from "../support/pulumi";
import { patientEndMs } from "../support/run";
import { folderOfStackFiles } from "../support/stackFile";

/** What `pulumi` does with each shard. */
export type Operation = "preview" | "up" | "destroy";

/** Limits for `pulumi` with one shard: it is interrupted after the first, and ends the steps that run in the second. */
const usual = { timeoutMs: 30 * 60_000, endMs: patientEndMs };

/** The result of one shard. */
export interface Outcome {
    readonly stack: string;
    readonly result: "done" | "failed" | "not started";
    readonly seconds: number;
    /** What changed, or in a preview would change, in words. */
    readonly changes: string;
    /** The first error; undefined if there is none. */
    readonly error?: string;
    /** Whether its `pulumi` still runs. */
    readonly isRunning?: true;
}

/** The run of a shard has not ended in its limits. */
class Unended extends Error {}

/**
 * Runs `pulumi` on one stack by the Automation API; a failure is a result.
 *
 * @param policy whether the policies of this checkout are checked
 * @param onResource is called for each resource
 * @param limits in milliseconds: when it is interrupted, and how long its end is waited for
 */
export async function runStack(
    stack: string,
    operation: Operation,
    policy: boolean,
    onResource: () => void,
    { timeoutMs, endMs } = usual,
): Promise<Outcome> {
    const began = Date.now();
    const signal = AbortSignal.timeout(timeoutMs);
    let counts: OpMap = {};
    let first: string | undefined;
    const onEvent = ({ resourcePreEvent, summaryEvent, diagnosticEvent }: EngineEvent) => {
        if (resourcePreEvent !== undefined) {
            onResource();
        }
        counts = summaryEvent?.resourceChanges ?? counts;
        if (diagnosticEvent?.severity === "error") {
            first ??= plain(diagnosticEvent.message);
        }
    };
    const ended = (result: Outcome["result"], error?: string): Outcome => {
        const found = { stack, result, seconds: (Date.now() - began) / 1000, changes: changesIn(counts) };
        return error === undefined ? found : { ...found, error };
    };
    try {
        const selected = await select(stack);
        const policies = policy ? { policyPacks: [policyPack] } : {};
        const run = selected[operation]({ onEvent, color: "never", suppressProgress: true, signal, ...policies });
        await within(timeoutMs + endMs, run);
        return ended("done");
    } catch (error) {
        const again = `Run it again; if its stack is locked: npm run recover -- ${stack}`;
        const late = `did not end in ${timeoutMs / 60_000} min, and was interrupted`;
        if (error instanceof Unended) {
            const left = `${late}; ${endMs / 60_000} min later it still ran, and it ends with this command. ${again}`;
            return { ...ended("failed", left), isRunning: true };
        }
        return ended("failed", signal.aborted ? `${late}. ${again}` : (first ?? reasonIn((error as Error).message, stack)));
    }
}

/** @throws Unended if the run does not end in this time, in milliseconds */
async function within(limitMs: number, run: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const unended = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Unended()), limitMs);
    });
    try {
        await Promise.race([run, unended]);
    } finally {
        clearTimeout(timer);
    }
}

/** The stack, without `pulumi stack select`, which would change what the user has selected. */
async function select(name: string): Promise<Stack> {
    const { LocalWorkspace, Stack: AnyStack } = await import("@pulumi/pulumi/automation");
    const workDir = folderOfStackFiles();
    const workspace = await LocalWorkspace.create({ workDir, envVars: { PULUMI_OPTION_CWD: workDir } });
    workspace.selectStack = () => Promise.resolve();
    return AnyStack.select(name, workspace);
}

const verbs: Readonly<Record<string, string>> = { create: "new", update: "changed", replace: "replaced", delete: "gone" };

/** What changes, in words; "nothing" for a stack that is as it should be. */
export function changesIn(counts: Readonly<Record<string, number | undefined>>): string {
    const words = Object.entries(verbs).flatMap(([operation, verb]) => {
        const count = counts[operation] ?? 0;
        return count === 0 ? [] : [`${count} ${verb}`];
    });
    return words.length === 0 ? "nothing" : words.join(", ");
}

/** A message of the engine without its marks for colours. */
function plain(message: string): string {
    return message.replace(/<\{%[^%]*%\}>/g, "").trim();
}

/** Why the CLI failed, where the engine has said nothing. */
function reasonIn(message: string, stack: string): string {
    const locked = /currently locked by/.test(message);
    const [, reason = errorsOf(message)] = /^\s*(?:stderr:\s*)?(error: .*)$/m.exec(message) ?? [];
    return locked ? `${reason}. If that run is dead: npm run recover -- ${stack}` : reason;
}
