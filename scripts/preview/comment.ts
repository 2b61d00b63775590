import type { ApplicationChange } from "./compareApplications";
import { type Danger, isDangerous } from "./danger";
import type { Change, Operation, PolicyViolation } from "./events";
import type { Fold } from "./fit";
import type { ManifestChange } from "./manifests";
import { code, counted, list, oneLine, table } from "./markdown";
import type { StackPreview } from "./stackPreview";

/** Marks the comment, so that the next run finds it. */
export const marker = "<!-- hubspoke-preview -->";

/** Limit of the resources of a stack that the comment lists outside the full diff. */
const resourceLimit = 20;

/** Limit of the differences of an Application that the comment lists. */
const differenceLimit = 5;

export interface CommentArgs {
    readonly previews: readonly StackPreview[];
    readonly applications: readonly ApplicationChange[];
    readonly manifests: readonly ManifestChange[];
    readonly dangers: readonly Danger[];
    /** What the preview could not check, and why. */
    readonly notes: readonly string[];
    /** Whether deletions on production clusters are accepted. */
    readonly accepted: boolean;
}

/** The comment's text, and the folded parts below it. */
export function comment(args: CommentArgs): { text: string; folds: Fold[] } {
    const sections = [
        `${marker}\n## Preview: ${verdict(args)}`,
        stackTable(args),
        list("### Dangerous", args.dangers.map(dangerLine)),
        list("### Policy", args.previews.flatMap(({ stack, violations }) => violations.map((one) => policyLine(stack, one)))),
        applicationTable(args.applications, args.manifests),
        ...args.previews.map(resourceTable),
        list("### Not checked", args.notes.map(oneLine)),
    ];
    return { text: `${sections.filter((section) => section !== "").join("\n\n")}\n`, folds: folds(args) };
}

/** Whether a deletion in production was not accepted. */
export function isRefused({ dangers, accepted }: Pick<CommentArgs, "dangers" | "accepted">): boolean {
    return !accepted && dangers.some(({ deletesInProduction }) => deletesInProduction);
}

function verdict(args: CommentArgs): string {
    const failed = args.previews.filter(({ ok }) => !ok).map(({ stack }) => stack);
    if (failed.length > 0) {
        return `❌ ${failed.join(", ")} cannot be deployed with this change`;
    }
    if (isRefused(args)) {
        return "❌ it deletes something in production; the label `accept-deletions` accepts that";
    }
    if (args.dangers.length > 0) {
        const accepted = args.dangers.some(({ deletesInProduction }) => deletesInProduction);
        return `⚠️ ${counted(args.dangers.length, "dangerous change")}${accepted ? ", accepted in production by a label" : ""}`;
    }
    const changes = args.previews.some(({ changes }) => changes.some(isChange));
    return changes || args.manifests.some(({ diff }) => diff !== "") ? "✅ nothing dangerous" : "✅ no change";
}

function isChange({ operation }: Change): boolean {
    return operation !== "same" && operation !== "read";
}

/** Dangerous ones first. */
const operations = ["delete", "replace", "update", "create"] as const satisfies readonly Operation[];

function stackTable({ previews, dangers }: CommentArgs): string {
    const rows = previews.map(({ stack, ok, changes }) => {
        const count = (wanted: Operation) => changes.filter(({ operation }) => operation === wanted).length;
        const marks = dangers.filter((danger) => danger.stack === stack).map(mark);
        const worst = ok ? (marks.includes("🔴") ? "🔴" : (marks[0] ?? "")) : "❌";
        return { weight: ["❌", "🔴", "🟠", ""].indexOf(worst), cells: [worst, stack, ...operations.map(count)] };
    });
    const sorted = rows.sort((a, b) => a.weight - b.weight).map(({ cells }) => cells);
    return table("Resources of each stack:", ["", "stack", ...operations], sorted);
}

function mark({ deletesInProduction }: Danger): string {
    return deletesInProduction ? "🔴" : "🟠";
}

function dangerLine(danger: Danger): string {
    return `${mark(danger)} ${danger.text}${danger.deletesInProduction ? " (production)" : ""}`;
}

function policyLine(stack: string, { level, policy, message }: PolicyViolation): string {
    return `${level === "mandatory" ? "❌" : "⚠️"} ${stack}: **${level}** ${policy}: ${oneLine(message)}`;
}

/** The changes to a stack's resources, without the components that only group them. */
function resourceTable({ stack, changes }: StackPreview): string {
    const rows = changes
        .filter((change) => isChange(change) && !change.type.startsWith("hubspoke:"))
        .map((change) => ({ change, weight: [...operations, "import"].indexOf(change.operation) }))
        .sort((a, b) => a.weight - b.weight)
        .map(({ change }) => [
            isDangerous(change) ? "⚠️" : "",
            change.operation,
            code(change.type),
            code(change.name),
            change.operation === "update" || change.operation === "replace" ? change.paths.slice(0, 4).map(code).join(", ") : "",
        ]);
    return table(`### ${stack}`, ["", "operation", "type", "name", "differences"], rows, resourceLimit);
}

const order: readonly ApplicationChange["what"][] = ["vanishes", "changes", "appears", "stays"];

function applicationTable(applications: readonly ApplicationChange[], manifests: readonly ManifestChange[]): string {
    const rows = applications
        .map((change) => ({ change, delivered: manifests.filter(({ application }) => application === change.name) }))
        .filter(({ change, delivered }) => change.what !== "stays" || delivered.length > 0)
        .sort((a, b) => order.indexOf(a.change.what) - order.indexOf(b.change.what))
        .map(({ change: { name, what, cluster, kept, differences }, delivered }) => [
            code(name),
            cluster.name,
            cluster.labels.environment ?? "",
            kept ? "vanishes from the ApplicationSet; kept by the hub" : what,
            [...shortened(differences), ...delivered.map((one) => deliveredLine(what, one))].join("<br>"),
        ]);
    return table("### Applications", ["Application", "cluster", "environment", "what", "how"], rows);
}

function shortened(differences: readonly string[]): string[] {
    const left = differences.length - differenceLimit;
    return [...differences.slice(0, differenceLimit).map(code), ...(left > 0 ? [`… and ${left} more`] : [])];
}

function deliveredLine(what: ApplicationChange["what"], { when, missing, diff, gone }: ManifestChange): string {
    if (missing !== undefined) {
        return `manifests not compared: ${oneLine(missing)}`;
    }
    if (what === "vanishes") {
        return oneLine(`with ${gone.join(", ")}`);
    }
    const lines = diff.split("\n").filter((line) => /^[+-]/.test(line)).length;
    const text = `${counted(lines, "line")} of its manifests`;
    return when === "merged" ? text : `${text}, with its next promotion`;
}

function folds({ previews, applications, manifests }: CommentArgs): Fold[] {
    const vanishing = applications.filter(({ what }) => what === "vanishes").map(({ name }) => name);
    return [
        ...sameOnce(manifests.filter(({ diff, application }) => diff !== "" && !vanishing.includes(application))),
        ...previews
            .filter(({ ok, changes }) => !ok || changes.some(isChange))
            .map(({ stack, ok, text }) => ({
                title: ok ? `${stack}: full diff` : `${stack}: error`,
                language: "diff" as const,
                text: coloured(text),
            })),
    ];
}

/** The differences of the manifests; a difference that several clusters share appears once. */
function sameOnce(manifests: readonly ManifestChange[]): Fold[] {
    const folds = new Map<string, { when: string; diff: string; names: string[] }>();
    for (const { application, when, diff } of manifests) {
        const fold = folds.get(when + diff) ?? { when, diff, names: [] };
        folds.set(when + diff, { ...fold, names: [...fold.names, application] });
    }
    return [...folds.values()].map(({ when, diff, names }) => ({
        title: `${oneLine(names.join(", "))}: manifests${when === "promoted" ? ", with the next promotion" : ""}`,
        language: "diff",
        text: diff,
    }));
}

/** Pulumi indents its marks; a `diff` code block colours them only at the start of a line. */
function coloured(text: string): string {
    return text.replace(/^( +)(\+-|-\+|\+\+|--|[+~-])(?=[ \w])/gm, (_, indent: string, sign: string) => {
        const isReplacement = sign === "+-" || sign === "-+";
        const first = sign === "~" || isReplacement ? "!" : (sign[0] ?? "");
        return isReplacement ? `${first}${indent.slice(1)}${sign}` : `${first}${indent}${sign.slice(1)}`;
    });
}
