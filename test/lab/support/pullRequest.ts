import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { agentRepository, gitEnvironment } from "../../../lab/argocd/gitRepository";
import { labDir, projectRoot } from "../../../lab/paths";
import { run } from "../../../lab/processes/run";
import { projectDir, pulumiEnvironment } from "../../../lab/stacks/environment";
import { transcript } from "./lab";

/** A checkout of this project and one of the agent's repository, with a change in them that nobody has merged. */
export interface PullRequest {
    /** Changes a file of the project. */
    readonly change: (file: string, edit: (text: string) => string) => void;
    /** Changes a file of the agent's repository. */
    readonly changeAgent: (file: string, edit: (text: string) => string) => void;
    /** Runs the preview as the workflow does. */
    readonly preview: (env?: Record<string, string>) => Promise<Preview>;
    /** Takes both checkouts away; the stacks run the project's own program again. */
    readonly close: () => void;
}

/** What the workflow's step left. */
export interface Preview {
    readonly code: number;
    readonly comment: string;
    readonly full: string;
    readonly output: string;
}

interface Workflow {
    readonly jobs: { readonly preview: { readonly steps: readonly { readonly id?: string; readonly run?: string }[] } };
}

/** The commands of the workflow's step, as they stand there. */
function command(): string {
    const file = path.join(projectRoot, ".github", "workflows", "preview.yml");
    const { jobs } = parse(fs.readFileSync(file, "utf8")) as Workflow;
    const found = jobs.preview.steps.find(({ id }) => id === "preview")?.run;
    if (found === undefined) {
        throw new Error(`${file} has no step "preview" with commands`);
    }
    return found;
}

/** Opens a pull request without a change. The lab's stacks run its program until it is closed. */
export async function openPullRequest(): Promise<PullRequest> {
    const checkout = path.join(labDir, "pull-request");
    const agent = path.join(labDir, "pull-request-agent");
    fs.rmSync(checkout, { recursive: true, force: true });
    fs.rmSync(agent, { recursive: true, force: true });
    const listed = await git(projectRoot, "ls-files", "--cached", "--others", "--exclude-standard", "-z");
    for (const file of listed.split("\0").filter((name) => fs.existsSync(path.join(projectRoot, name)) && name !== "")) {
        fs.mkdirSync(path.dirname(path.join(checkout, file)), { recursive: true });
        fs.copyFileSync(path.join(projectRoot, file), path.join(checkout, file));
    }
    fs.symlinkSync(path.join(projectRoot, "node_modules"), path.join(checkout, "node_modules"));
    await git(labDir, "clone", "--quiet", agentRepository, agent);

    const project = path.join(projectDir, "Pulumi.yaml");
    const before = fs.readFileSync(project, "utf8");
    fs.writeFileSync(project, stringify({ ...(parse(before) as object), main: path.relative(projectDir, checkout) }));
    const edit = (folder: string) => (file: string, change: (text: string) => string) => {
        const text = fs.readFileSync(path.join(folder, file), "utf8");
        const changed = change(text);
        if (changed === text) {
            throw new Error(`${file} stayed as it was`);
        }
        fs.writeFileSync(path.join(folder, file), changed);
    };
    return {
        change: edit(checkout),
        changeAgent: edit(agent),
        preview: (env = {}) => preview(checkout, agent, env),
        close: () => fs.writeFileSync(project, before),
    };
}

async function preview(checkout: string, agent: string, env: Record<string, string>): Promise<Preview> {
    await git(agent, "fetch", "--quiet");
    const out = path.join(checkout, "preview");
    fs.rmSync(out, { recursive: true, force: true });
    const own = { BASE: "origin/main", AGENT: `--agent=${agent}`, ACCEPT: "" };
    const { output } = await run("bash", ["-c", `(set -e\n${command()}\n); echo "exit code $?"`], {
        cwd: checkout,
        env: { ...pulumiEnvironment(), ...own, ...env },
        timeoutMs: 10 * 60_000,
    });
    const read = (name: string) => {
        const file = path.join(out, name);
        if (!fs.existsSync(file)) {
            throw new Error(`the preview left no ${name}:\n${output}`);
        }
        return fs.readFileSync(file, "utf8");
    };
    const found = { comment: read("comment.md"), full: read("full.md"), output };
    transcript.push(...Object.values(found));
    return { ...found, code: Number(/^exit code (\d+)$/m.exec(output)?.[1]) };
}

async function git(cwd: string, ...args: string[]): Promise<string> {
    const { ok, stdout, output } = await run("git", args, { cwd, env: gitEnvironment() });
    if (!ok) {
        throw new Error(`git ${args.join(" ")} in ${cwd} failed: ${output}`);
    }
    return stdout;
}

/** How many resources each stack creates, updates, replaces and deletes. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

const columns = ["delete", "replace", "update", "create"];

/** The counts in a comment's table, of stacks in which something changes. */
export function countsIn(comment: string): Counts {
    const rows = [...comment.matchAll(/^\| \S* ?\| (hub|staging|prod|dr) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$/gm)];
    const counts = rows.map(([, stack = "", ...numbers]) => [stack, numbersOf(numbers.map(Number))] as const);
    return Object.fromEntries(counts.filter(([, found]) => Object.keys(found).length > 0));
}

/** The counts in what `pulumi up` printed at its end. */
export function countsOf(output: string): Counts[string] {
    const summary = output.slice(output.lastIndexOf("Resources:"));
    const count = (word: string) => Number(new RegExp(`(\\d+) ${word}$`, "m").exec(summary)?.[1] ?? 0);
    return numbersOf(["deleted", "replaced", "updated", "created"].map(count));
}

function numbersOf(numbers: readonly number[]): Counts[string] {
    const all = columns.map((column, index) => [column, numbers[index] ?? 0] as const);
    return Object.fromEntries(all.filter(([, count]) => count > 0));
}

/** What a comment says of each Application, by its name: what becomes of it, and how. */
export function applicationsIn(comment: string): Record<string, { what: string; how: string }> {
    const rows = [...comment.matchAll(/^\| `(agent-[\w-]+)` \| [^|]* \| [^|]* \| ([^|]*) \| (.*) \|$/gm)];
    return Object.fromEntries(rows.map(([, name = "", what = "", how = ""]) => [name, { what, how }]));
}
