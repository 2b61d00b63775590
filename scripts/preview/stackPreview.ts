import * as fs from "node:fs";
import * as path from "node:path";
import { inFolder } from "../support/folder";
import { run } from "../support/run";
import { type PreviewEvents, readEvents } from "./events";

/** The result of the preview of one stack. */
export interface StackPreview extends PreviewEvents {
    readonly stack: string;
    /** Whether it succeeded; a violation of a mandatory policy is a failure. */
    readonly ok: boolean;
    /** Output of `pulumi preview --diff`, with the error if there was one. */
    readonly text: string;
    readonly seconds: number;
}

/** Limit of one preview, in milliseconds. */
const timeoutMs = 10 * 60_000;

/** Folder of the policies of this checkout. */
export const policyPack = path.resolve(__dirname, "../../policy");

/** Arguments that make a preview check the policies of this checkout. */
export const withPolicies = ["--policy-pack", policyPack];

/** Shows the CLI's flag for its event log, which is hidden by default; Pulumi's Automation API uses that flag. */
const withEventLog = { PULUMI_DEBUG_COMMANDS: "true" };

/**
 * Previews a stack with the user's `pulumi`. It changes nothing, and shows each secret as `[secret]`.
 *
 * @param more additional arguments of `pulumi preview`, such as `--policy-pack`
 * @param env variables in addition to this process's environment
 */
export async function previewStack(
    stack: string,
    more: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
): Promise<StackPreview> {
    const began = Date.now();
    return inFolder(async (folder) => {
        const log = path.join(folder, "events.json");
        const { ok, output } = await run(
            "pulumi",
            [
                "preview",
                "--diff",
                ...["--stack", stack, "--event-log", log, "--non-interactive", "--color", "never"],
                ...more,
            ],
            { timeoutMs, env: { ...withEventLog, ...env } },
        );
        const events = fs.existsSync(log) ? readEvents(fs.readFileSync(log, "utf8")) : { changes: [], violations: [] };
        return { stack, ok, text: output, seconds: (Date.now() - began) / 1000, ...events };
    });
}
