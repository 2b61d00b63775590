import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { run } from "../support/run";
import { type PreviewEvents, readEvents } from "./events";

/** How the preview of one stack ended. */
export interface StackPreview extends PreviewEvents {
    readonly stack: string;
    /** Whether it ended well; a mandatory policy that is broken ends it badly. */
    readonly ok: boolean;
    /** What `pulumi preview --diff` printed; with the error, where there was one. */
    readonly text: string;
    readonly seconds: number;
}

/** Limit of one preview, in milliseconds. */
const timeoutMs = 10 * 60_000;

/** Arguments by which a preview checks the policies of this checkout. */
export const withPolicies = ["--policy-pack", path.resolve(__dirname, "../../policy")];

/** Without it the CLI hides the flag of its event log, which Pulumi's Automation API works with. */
const withEventLog = { PULUMI_DEBUG_COMMANDS: "true" };

/**
 * Previews a stack with the user's own `pulumi`. Nothing is changed; secrets are `[secret]` in all that comes back.
 *
 * @param more further arguments of `pulumi preview`, such as `--policy-pack`
 */
export async function previewStack(stack: string, more: readonly string[] = []): Promise<StackPreview> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "hubspoke-preview-"));
    const log = path.join(folder, "events.json");
    const began = Date.now();
    try {
        const { ok, output } = await run(
            "pulumi",
            [
                "preview",
                "--diff",
                ...["--stack", stack, "--event-log", log, "--non-interactive", "--color", "never"],
                ...more,
            ],
            { timeoutMs, env: withEventLog },
        );
        const events = fs.existsSync(log) ? readEvents(fs.readFileSync(log, "utf8")) : { changes: [], violations: [] };
        return { stack, ok, text: output, seconds: (Date.now() - began) / 1000, ...events };
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}
