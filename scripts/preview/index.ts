/**
 * Shows the effect of a change on every cluster, as one Markdown comment:
 *
 *     npm run preview -- [--base origin/main] [--agent FOLDER] [--policy] [--accept-deletions] [--out FOLDER] [STACK …]
 *
 * It previews the stacks (by default all with a stack file here) in parallel, finds which Applications appear, vanish
 * and change, and compares the manifests that Argo CD would deliver. `--base` is the revision to compare the change
 * with; its branch is the target branch. `--agent` is a checkout of the agent's repository, if that is another
 * repository. The comment goes to standard output, or to `--out`: comment.md within GitHub's limit, and full.md.
 *
 * Exit codes: 0; 1 if a preview failed; 3 if the change would delete something on a production cluster without
 * `--accept-deletions`.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { isLeftAlone } from "../../clusters/registrations";
import { applicationsOf } from "./applications";
import { comment, type CommentArgs, isRefused } from "./comment";
import { compareApplications } from "./compareApplications";
import { dangers } from "./danger";
import { commentLimit, fit, whole } from "./fit";
import { fleets } from "./fleet";
import { agentRepositories, compareManifests } from "./manifests";
import { masked } from "./mask";
import { type PreviewOptions, previewOptions } from "./options";
import { isProductionStack } from "./production";
import { previewStack, type StackPreview, withPolicies } from "./stackPreview";
import { inParallel } from "../support/inParallel";
import { folderOfStackFiles, stacksAtOnce, stacksOf, stacksWithFile } from "../support/stackFile";
import { main } from "../support/main";
import { stackNames } from "../support/pulumi";

const checkout = path.resolve(__dirname, "../..");

async function preview(given: PreviewOptions): Promise<void> {
    const { accepted, out } = given;
    const { stacks, notes } = await stacksToPreview(given.stacks);
    const began = Date.now();
    const pack = given.policy ? withPolicies : [];
    const previews = await inParallel(stacks, stacksAtOnce(stacks), (stack) => previewStack(stack, pack));
    tellTimes(previews, (Date.now() - began) / 1000);
    const delivered = await deliveries(previews, given);
    const found: CommentArgs = {
        previews,
        ...delivered,
        notes: [...notes, ...delivered.notes],
        dangers: dangers({ previews, ...delivered, production: new Set(stacks.filter(isProductionStack)) }),
        accepted,
    };
    write(found, out);
    process.exitCode = previews.some(({ ok }) => !ok) ? 1 : isRefused(found) ? 3 : 0;
}

/**
 * Stacks with a stack file and a state.
 *
 * @throws Error if there is none
 */
async function stacksToPreview(named: readonly string[]): Promise<{ stacks: string[]; notes: string[] }> {
    const files = stacksWithFile();
    // An environment with shards has no cluster in its own stack.
    const wanted = [...new Set((named.length > 0 ? named : files).flatMap(stacksOf))];
    const states = await stackNames();
    const stacks = wanted.filter((stack) => states.includes(stack));
    if (stacks.length === 0) {
        throw new Error(
            `no stack to preview: ${folderOfStackFiles()} has the stack files of ${files.join(", ") || "none"}, and the backend ` +
                `has ${states.join(", ") || "none"}. Name a stack that both have, or create it with \`pulumi stack init\``,
        );
    }
    const withoutState = wanted.filter((stack) => !states.includes(stack));
    const withoutFile = named.length > 0 ? [] : states.filter((stack) => !files.includes(stack));
    return {
        stacks,
        notes: [
            ...withoutState.map((stack) => `${stack}: the stack does not exist yet (\`pulumi stack init ${stack}\`)`),
            ...withoutFile.map(
                (stack) =>
                    `${stack}: the stack exists, but its stack file is missing. \`pulumi up\` does not remove the stack or ` +
                    `its resources: restore the file, and run \`pulumi destroy --stack ${stack}\``,
            ),
        ],
    };
}

type Deliveries = Pick<CommentArgs, "applications" | "manifests" | "notes">;

async function deliveries(previews: readonly StackPreview[], { base, agent }: Pick<PreviewOptions, "agent" | "base">): Promise<Deliveries> {
    const failed = previews.filter(({ ok, violations }) => !ok && violations.length === 0).map(({ stack }) => stack);
    const fleet = fleets(previews);
    const isKnown = [fleet.after, fleet.before].some(({ applicationSets }) => applicationSets.length > 0);
    if (failed.length > 0 || !isKnown) {
        const why =
            failed.length > 0 ? `the preview of ${failed.join(", ")} failed` : "no previewed stack has an ApplicationSet";
        return { applications: [], manifests: [], notes: [`Applications and their manifests: ${why}`] };
    }
    const [before, after] = await Promise.all([applicationsOf(fleet.before), applicationsOf(fleet.after)]);
    const applications = compareApplications(before, after, fleet);
    const quarantines = fleet.after.clusters
        .filter(isLeftAlone)
        .map(({ name }) => `${name}: in quarantine, so what changes there arrives when that is lifted`);
    // A person names the folder as a checkout of the agent's repository, whatever its origin is.
    const of = agent === undefined ? undefined : agentRepositories(applications);
    const files = { folder: agent ?? checkout, base, of };
    const compared = await compareManifests(applications, files);
    // The same reason for every Application is said once.
    const reasons = new Set(compared.map(({ missing }) => missing));
    const [only] = reasons;
    if (compared.length > 1 && reasons.size === 1 && only !== undefined) {
        return { applications, manifests: [], notes: [...quarantines, `Manifests of the Applications: ${only}`] };
    }
    return { applications, manifests: compared, notes: quarantines };
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
    process.stderr.write(`previews: ${each}; total ${all.toFixed(1)} s\n`);
}

main(module, (args) => preview(previewOptions(args)));
