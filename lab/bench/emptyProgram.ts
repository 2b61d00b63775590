import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { labDir, projectRoot } from "../paths";
import { run } from "../processes/run";
import { pulumiEnvironment } from "../stacks/environment";

const folder = path.join(labDir, "empty");
const stack = "empty";

/** The base cost of every preview: a program with one import and no resource. */
export async function previewEmptyProgram(): Promise<void> {
    await pulumi("preview");
}

/** Makes the empty program's project and stack, in the lab's backend. */
export async function prepareEmptyProgram(): Promise<void> {
    fs.mkdirSync(folder, { recursive: true });
    const project = parse(fs.readFileSync(path.join(projectRoot, "Pulumi.yaml"), "utf8")) as Record<string, unknown>;
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), stringify({ ...project, name: "empty" }));
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ main: "index.js" }));
    fs.writeFileSync(path.join(folder, "index.js"), 'require("@pulumi/pulumi");\n');
    await pulumi("stack", "select", "--create");
    await pulumi("up", "--yes", "--skip-preview");
}

async function pulumi(...args: string[]): Promise<void> {
    const { ok, output } = await run("pulumi", [...args, "--stack", stack, "--non-interactive"], {
        env: { ...pulumiEnvironment(), PULUMI_OPTION_CWD: folder },
        timeoutMs: 5 * 60_000,
    });
    if (!ok) {
        throw new Error(`pulumi ${args.join(" ")} of the empty program failed:\n${output}`);
    }
}
