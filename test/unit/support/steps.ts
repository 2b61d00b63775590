import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { runInNewContext } from "node:vm";

/** A step of a job or of a composite action. */
export interface Step {
    readonly id?: string;
    readonly if?: string;
    readonly uses?: string;
    readonly run?: string;
    readonly shell?: string;
    readonly with?: Readonly<Record<string, unknown>>;
    readonly env?: Readonly<Record<string, string>>;
    readonly "continue-on-error"?: boolean | string;
}

export interface Surroundings {
    /** What expressions read, such as `inputs`; `steps` comes from the steps themselves. */
    readonly context: Readonly<Record<string, unknown>>;
    /** Variables of all scripts. */
    readonly env: Readonly<Record<string, string>>;
    readonly cwd: string;
    /** Whether an action succeeds. */
    readonly action: (uses: string) => boolean;
}

interface StepResult {
    readonly outcome: "success" | "failure" | "skipped";
    readonly outputs: Readonly<Record<string, string>>;
    /** What its script printed. */
    readonly output: string;
}

/** A context of GitHub's: what it lacks is empty, also below. */
function lenient(value: unknown): unknown {
    if (typeof value !== "object" || value === null) {
        return value ?? "";
    }
    return new Proxy(value, { get: (target, key) => lenient((target as Record<string | symbol, unknown>)[key]) });
}

function evaluate(expression: string, context: Surroundings["context"]): unknown {
    const names = Object.fromEntries(Object.entries(context).map(([name, value]) => [name, lenient(value)]));
    const withHyphens = expression.replace(/\.(\w+(?:-\w+)+)/g, '["$1"]');
    return runInNewContext(withHyphens, { ...names, fromJSON: (text: string) => lenient(JSON.parse(text)) });
}

function filled(text: string, context: Surroundings["context"]): string {
    return text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => String(evaluate(expression, context)));
}

/**
 * Runs steps like GitHub's runner (docs.github.com, "Workflow syntax"), as far as their expressions are JavaScript too:
 * scripts in Bash, and actions not at all.
 *
 * @returns whether the job goes on after them, and what the scripts printed
 */
export function runSteps(all: readonly Step[], around: Surroundings): { ok: boolean; output: string } {
    const steps: Record<string, StepResult> = {};
    let output = "";
    for (const step of all) {
        const context = { ...around.context, steps };
        const isWanted = Boolean(evaluate(step.if ?? "true", context));
        const result = isWanted ? runStep(step, { ...around, context }) : skipped;
        output += result.output;
        steps[step.id ?? ""] = result;
        const mayFail = filled(String(step["continue-on-error"] ?? false), context) === "true";
        if (result.outcome === "failure" && !mayFail) {
            return { ok: false, output };
        }
    }
    return { ok: true, output };
}

const skipped: StepResult = { outcome: "skipped", outputs: {}, output: "" };

function runStep({ uses = "", run, shell, env = {} }: Step, { context, env: more, cwd, action }: Surroundings): StepResult {
    if (run === undefined) {
        return { ...skipped, outcome: action(uses) ? "success" : "failure" };
    }
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "step-"));
    const file = path.join(folder, "outputs");
    fs.writeFileSync(file, "");
    try {
        const own = Object.entries(env).map(([key, value]) => [key, filled(value, context)] as const);
        const options = shell === undefined ? ["-e"] : ["-eo", "pipefail"];
        const { status, stdout, stderr } = spawnSync("bash", [...options, "-c", run], {
            cwd,
            encoding: "utf8",
            timeout: 30_000,
            env: { ...more, GITHUB_OUTPUT: file, ...Object.fromEntries(own) },
        });
        const lines = fs.readFileSync(file, "utf8").matchAll(/^(.*?)=(.*)$/gm);
        return {
            outcome: status === 0 ? "success" : "failure",
            outputs: Object.fromEntries([...lines].map(([, key = "", value = ""]) => [key, value])),
            output: stdout + stderr,
        };
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}
