import { JSONPath } from "jsonpath-plus";
import { annotation, annotations } from "../model/annotations";
import { conditionOf, isObserved, type KubeObject } from "../model/object";
import { ready, waiting, type Readiness, type ReadinessRule } from "./readiness";

/**
 * The rule of the annotation `pulumi.com/waitFor`: one expression or a JSON list of them, each
 * `condition=Type[=Status]` or `jsonpath={.path}[=value]`. Undefined without the annotation; throws for a bad one.
 */
export function waitForRule(object: KubeObject): ReadinessRule | undefined {
    const text = annotation(object, annotations.waitFor);
    if (text === "") {
        return undefined;
    }
    const rules = expressions(text).map(parseExpression);
    return ({ live }) => rules.map((rule) => rule(live)).find((readiness) => readiness.state !== "ready") ?? ready;
}

function expressions(text: string): readonly string[] {
    try {
        const parsed: unknown = JSON.parse(text);
        if (Array.isArray(parsed) && parsed.length > 0 && parsed.every((entry) => typeof entry === "string")) {
            return parsed as string[];
        }
    } catch {
        return [text];
    }
    throw new Error(`${annotations.waitFor}: ${text} is neither an expression nor a JSON list of expressions`);
}

function parseExpression(text: string): (live: KubeObject) => Readiness {
    const condition = /^condition=([^=]+)(?:=(.+))?$/.exec(text);
    if (condition !== null) {
        const [, type = "", status = "True"] = condition;
        return (live) =>
            isObserved(live) && String(conditionOf(live, type)?.status).toLowerCase() === status.toLowerCase()
                ? ready
                : waiting(`Waiting for condition ${type}=${status}`);
    }
    const jsonpath = /^jsonpath=\{\s*(.*?)\s*\}(?:=(.+))?$/.exec(text);
    if (jsonpath === null) {
        throw new Error(
            `${annotations.waitFor}: "${text}" is not of the form condition=Type[=Status] or jsonpath={.path}[=value]`,
        );
    }
    const [, path = "", value] = jsonpath;
    return (live) => selects(live, path, value) ? ready : waiting(`Waiting for ${text.slice("jsonpath=".length)}`);
}

function selects(live: KubeObject, path: string, value: string | undefined): boolean {
    const found = JSONPath<unknown>({ path: path.startsWith("$") ? path : `$${path}`, json: live, eval: "safe" });
    const first: unknown = Array.isArray(found) ? found[0] : undefined;
    return isObserved(live) && first !== undefined && (value === undefined || scalar(first) === value);
}

function scalar(value: unknown): string {
    return typeof value === "object" ? JSON.stringify(value) : String(value);
}
