/**
 * Says what a change would do on every cluster, as one comment in Markdown:
 *
 *     npm run preview -- [--base origin/main] [--agent FOLDER] [--policy] [--accept-deletions] [--out FOLDER] [STACK …]
 *
 * It previews the stacks (all whose files are here, if none is named) in parallel, finds which Applications appear,
 * vanish and change, and compares what Argo CD would deliver. `--base` is the revision that the change is compared with,
 * and its branch the one that it would be merged into. `--agent` is a checkout of the agent's repository, where that is
 * another one. The comment goes to standard output, or to comment.md and full.md in `--out`.
 *
 * Exit codes: 0, 1 where a preview failed, 3 where something of a production cluster would be deleted and
 * `--accept-deletions` does not accept it.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { type ApplicationChange, applicationsOf, compareApplications } from "./preview/applications";
import { comment, type CommentArgs, isRefused } from "./preview/comment";
import { dangers } from "./preview/danger";
import { commentLimit, fit, whole } from "./preview/fit";
import { fleets } from "./preview/fleet";
import { compareManifests } from "./preview/manifests";
import { masked } from "./preview/mask";
import { isProductionStack } from "./preview/production";
import { previewStack, type StackPreview } from "./preview/stackPreview";
import { stackFile } from "./promotion/stackFile";
import { main } from "./support/main";
import { stackNames } from "./support/pulumi";

const policyPack = path.resolve(__dirname, "../policy");

async function preview(args: string[]): Promise<void> {
    const { values, positionals } = parseArgs({
        args,
        allowPositionals: true,
        options: {
            base: { type: "string", default: "origin/main" },
            agent: { type: "string", default: path.resolve(__dirname, "..") },
            policy: { type: "boolean", default: false },
            "accept-deletions": { type: "boolean", default: false },
            out: { type: "string" },
        },
    });
    const { stacks, notes } = await stacksToPreview(positionals);
    const began = Date.now();
    const previews = await Promise.all(stacks.map((stack) => previewStack(stack, values.policy ? policyPack : undefined)));
    tellTimes(previews, (Date.now() - began) / 1000);
    const delivered = await deliveries(previews, { folder: values.agent, base: values.base });
    const found: CommentArgs = {
        previews,
        ...delivered,
        notes: [...notes, ...delivered.notes],
        dangers: dangers({ previews, ...delivered, production: new Set(stacks.filter(isProductionStack)) }),
        accepted: values["accept-deletions"],
    };
    write(found, values.out);
    if (previews.some(({ ok }) => !ok)) {
        process.exitCode = 1;
    } else if (isRefused(found)) {
        process.exitCode = 3;
    }
}

/** Stacks that have a file and a state; those that lack a state are only named. */
async function stacksToPreview(named: readonly string[]): Promise<{ stacks: string[]; notes: string[] }> {
    const folder = path.dirname(stackFile("any"));
    const files = fs.readdirSync(folder).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
    const wanted = named.length > 0 ? named : files.sort();
    const states = await stackNames();
    const missing = wanted.filter((stack) => !states.includes(stack));
    return {
        stacks: wanted.filter((stack) => states.includes(stack)),
        notes: missing.map((stack) => `${stack}: there is no such stack yet (\`pulumi stack init ${stack}\`)`),
    };
}

async function deliveries(
    previews: readonly StackPreview[],
    checkout: { folder: string; base: string },
): Promise<Pick<CommentArgs, "applications" | "manifests" | "notes">> {
    const failed = previews.filter(({ ok, changes }) => !ok && changes.length === 0).map(({ stack }) => stack);
    const fleet = fleets(previews);
    if (failed.length > 0 || (fleet.before.applicationSet ?? fleet.after.applicationSet) === undefined) {
        const why = failed.length > 0 ? `the preview of ${failed.join(", ")} failed` : "no stack here has the ApplicationSet";
        return { applications: [], manifests: [], notes: [`Applications and their manifests: ${why}`] };
    }
    const [before, after] = await Promise.all([applicationsOf(fleet.before), applicationsOf(fleet.after)]);
    const applications: ApplicationChange[] = compareApplications(before, after, fleet);
    return { applications, manifests: await compareManifests(applications, checkout), notes: [] };
}

function write(found: CommentArgs, out: string | undefined): void {
    const { text, folds } = comment(found);
    const maskedFolds = folds.map((fold) => ({ ...fold, text: masked(fold.text) }));
    const full = whole(masked(text), maskedFolds);
    if (out === undefined) {
        process.stdout.write(full);
        return;
    }
    fs.mkdirSync(out, { recursive: true });
    fs.writeFileSync(path.join(out, "comment.md"), fit(masked(text), maskedFolds, commentLimit));
    fs.writeFileSync(path.join(out, "full.md"), full);
}

function tellTimes(previews: readonly StackPreview[], all: number): void {
    const each = previews.map(({ stack, seconds }) => `${stack} ${seconds.toFixed(1)} s`).join(", ");
    process.stderr.write(`previews: ${each}; all together ${all.toFixed(1)} s\n`);
}

main(preview);
