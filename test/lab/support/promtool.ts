import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { run } from "../../../lab/processes/run";
import { ensureExtras, toolPath } from "../../../lab/tools";

/** A time series for Prometheus: a value for each 15 seconds, as promtool writes them (`1x4 0x8`). */
export interface Series {
    readonly metric: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly values: string;
}

/** One alert at one time, given some series. */
export interface RuleTest {
    readonly name: string;
    readonly series: readonly Series[];
    readonly alert: string;
    /** Time since the first value, such as `10m`. */
    readonly at: string;
    /** What fires then, each with all of its labels and annotations. */
    readonly fires: readonly {
        readonly labels: Readonly<Record<string, string>>;
        readonly annotations: Readonly<Record<string, string>>;
    }[];
}

/** One query at one time, given some series. */
export interface QueryTest extends Pick<RuleTest, "name" | "series" | "at"> {
    readonly expr: string;
    /** What the query finds then, each with all of its labels. */
    readonly finds: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

/**
 * Runs tests of rules by Prometheus' own `promtool test rules`.
 *
 * @param files texts of rules files
 * @returns whether all passed, and what promtool says
 */
export async function testRules(files: readonly string[], tests: readonly RuleTest[]) {
    return testsOf(
        files,
        tests.map(({ alert, at, fires, ...given }) => {
            const expected = fires.map((one) => ({ exp_labels: one.labels, exp_annotations: one.annotations }));
            return { ...inputs(given), alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts: expected }] };
        }),
    );
}

/** Runs queries on what the rules record; otherwise as {@link testRules}. */
export async function testQueries(files: readonly string[], tests: readonly QueryTest[]) {
    return testsOf(
        files,
        tests.map(({ expr, at, finds, ...given }) => {
            const expected = finds.map(({ labels, value }) => ({ labels: selector(labels), value }));
            return { ...inputs(given), promql_expr_test: [{ expr, eval_time: at, exp_samples: expected }] };
        }),
    );
}

async function testsOf(files: readonly string[], tests: readonly object[]) {
    const names = files.map((_, index) => `rules-${index}.yaml`);
    const suite = { rule_files: names, evaluation_interval: "15s", tests };
    const texts = Object.fromEntries(names.map((name, index) => [name, files[index] ?? ""]));
    return promtool(["test", "rules", "tests.yaml"], { ...texts, "tests.yaml": stringify(suite) });
}

/**
 * Has Prometheus' own parser read expressions of PromQL, by `promtool check rules`.
 *
 * @returns whether it could, and what promtool says
 */
export async function checkExpressions(expressions: readonly string[]) {
    const rules = expressions.map((expr, index) => ({ record: `expression:${index}`, expr }));
    return promtool(["check", "rules", "rules.yaml"], { "rules.yaml": stringify({ groups: [{ name: "all", rules }] }) });
}

/** Runs promtool in a folder of its own with those files. */
async function promtool(args: readonly string[], files: Readonly<Record<string, string>>) {
    await ensureExtras(["promtool"], () => undefined);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "hubspoke-rules-"));
    try {
        for (const [name, text] of Object.entries(files)) {
            fs.writeFileSync(path.join(folder, name), text);
        }
        return await run(toolPath("promtool"), [...args], { cwd: folder, timeoutMs: 60_000 });
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

function inputs({ name, series }: Pick<RuleTest, "name" | "series">) {
    return {
        name,
        interval: "15s",
        input_series: series.map(({ metric, labels, values }) => ({ series: metric + selector(labels), values })),
    };
}

function selector(labels: Readonly<Record<string, string>> = {}): string {
    return `{${Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(", ")}}`;
}
