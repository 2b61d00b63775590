import type { ApplicationChange } from "./applications";
import type { Danger } from "./danger";
import type { Operation } from "./events";
import type { Fold } from "./fit";
import type { ManifestChange } from "./manifests";
import type { StackPreview } from "./stackPreview";

/** By which a comment is found again. */
export const marker = "<!-- hubspoke-preview -->";

/** How many lines of a list a comment shows. */
const listLimit = 60;

export interface CommentArgs {
    readonly previews: readonly StackPreview[];
    readonly applications: readonly ApplicationChange[];
    readonly manifests: readonly ManifestChange[];
    readonly dangers: readonly Danger[];
    /** What could not be looked at, and why. */
    readonly notes: readonly string[];
    /** Whether deletions on production clusters are accepted. */
    readonly accepted: boolean;
}

/** The comment's text, and what is folded below it. */
export function comment(args: CommentArgs): { text: string; folds: Fold[] } {
    const sections = [
        `${marker}\n## Preview: ${verdict(args)}`,
        stackTable(args),
        list("### Dangerous", args.dangers.map(dangerLine)),
        list(
            "### Policy",
            args.previews.flatMap(({ stack, violations }) =>
                violations.map(({ level, policy, message }) => `${stack}: **${level}** ${policy}: ${oneLine(message)}`),
            ),
        ),
        applicationTable(args.applications, args.manifests),
        list("### Not looked at", args.notes),
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
        return `❌ ${failed.join(", ")} cannot be brought up like this`;
    }
    if (isRefused(args)) {
        return "❌ it deletes something in production; the label `accept-deletions` accepts that";
    }
    if (args.dangers.length > 0) {
        return `⚠️ ${args.dangers.length} dangerous change${args.dangers.length === 1 ? "" : "s"}`;
    }
    const changes = args.previews.some(({ changes }) => changes.some(({ operation }) => !unremarkable.includes(operation)));
    return changes || args.manifests.some(({ diff }) => diff !== "") ? "✅ nothing dangerous" : "✅ no change";
}

const unremarkable: readonly Operation[] = ["same", "read"];

const columns = ["delete", "replace", "update", "create"] as const satisfies readonly Operation[];

function stackTable({ previews, dangers }: CommentArgs): string {
    const rows = previews.map(({ stack, ok, changes }) => {
        const count = (wanted: Operation) => changes.filter(({ operation }) => operation === wanted).length;
        const isDangerous = dangers.some(({ text }) => text.startsWith(`${stack}: `));
        const mark = ok ? (isDangerous ? "⚠️" : "") : "❌";
        return { weight: ok ? (isDangerous ? 1 : 2) : 0, cells: [stack, ...columns.map(count), mark] };
    });
    return table(
        ["stack", ...columns, ""],
        rows.sort((a, b) => a.weight - b.weight).map(({ cells }) => cells),
    );
}

function dangerLine({ text, deletesInProduction }: Danger): string {
    return deletesInProduction ? `🔴 ${text} (production)` : `🟠 ${text}`;
}

const order: readonly ApplicationChange["what"][] = ["vanishes", "changes", "appears", "stays"];

function applicationTable(applications: readonly ApplicationChange[], manifests: readonly ManifestChange[]): string {
    const rows = applications
        .map((change) => {
            const of = manifests.filter(({ application }) => application === change.name);
            const delivered = of.filter(({ diff, missing }) => diff !== "" || missing !== undefined);
            return { change, delivered };
        })
        .filter(({ change, delivered }) => change.what !== "stays" || delivered.length > 0)
        .sort((a, b) => order.indexOf(a.change.what) - order.indexOf(b.change.what))
        .map(({ change: { name, what, cluster, kept, differences }, delivered }) => [
            `\`${name}\``,
            cluster.name,
            cluster.labels.environment ?? "",
            kept ? "vanishes from the ApplicationSet; kept by the hub" : what,
            [...differences.map((line) => `\`${oneLine(line)}\``), ...delivered.map(deliveredLine)].join("<br>"),
        ]);
    if (rows.length === 0) {
        return "No Application appears, vanishes or changes.";
    }
    const hidden = rows.length - listLimit;
    const more = hidden > 0 ? `\n\n… and ${hidden} more.` : "";
    const shown = rows.slice(0, listLimit);
    return `### Applications\n\n${table(["Application", "cluster", "environment", "what", "how"], shown)}${more}`;
}

function deliveredLine({ when, missing, diff }: ManifestChange): string {
    if (missing !== undefined) {
        return `manifests not compared: ${oneLine(missing)}`;
    }
    const lines = diff.split("\n").filter((line) => /^[+-]/.test(line)).length;
    const what = `${lines} line${lines === 1 ? "" : "s"} of its manifests`;
    return when === "merged" ? what : `${what}, with its next promotion`;
}

function folds({ previews, manifests }: CommentArgs): Fold[] {
    return [
        ...manifests
            .filter(({ diff }) => diff !== "")
            .map(({ application, when, diff }) => ({
                title: `${application}: manifests${when === "promoted" ? ", with the next promotion" : ""}`,
                language: "diff" as const,
                text: diff,
            })),
        ...previews
            .filter(({ ok, changes }) => !ok || changes.some(({ operation }) => !unremarkable.includes(operation)))
            .map(({ stack, ok, text }) => ({
                title: ok ? `${stack}: full diff` : `${stack}: what went wrong`,
                language: "diff" as const,
                text: coloured(text),
            })),
    ];
}

/** Pulumi indents its marks; a code block of the language diff colours them at the line's begin. */
function coloured(text: string): string {
    return text.replace(/^( +)([+-]+|~)( |-)/gm, (_, indent: string, mark: string, next: string) => {
        const first = mark === "~" ? "!" : (mark[0] ?? "");
        return `${first}${indent}${mark.slice(1)}${next}`;
    });
}

function list(title: string, lines: readonly string[]): string {
    if (lines.length === 0) {
        return "";
    }
    const hidden = lines.length - listLimit;
    const shown = lines.slice(0, listLimit).map((line) => `- ${line}`);
    return [title, "", ...shown, ...(hidden > 0 ? [`- … and ${hidden} more`] : [])].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
    const line = (cells: readonly (string | number)[]) =>
        `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
    return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** At most 200 characters in one line. */
function oneLine(text: string): string {
    const line = text.replace(/\s+/g, " ").trim();
    return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
