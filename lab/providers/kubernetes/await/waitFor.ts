import { JSONPath } from "jsonpath-plus";
import { messageOf } from "../../plugin/errors";
import { textOf, type Value } from "../../plugin/values";
import { annotation, annotations } from "../model/annotations";
import { conditionOf, isObserved, stringAt, type KubeObject } from "../model/object";
import { ready, waiting, type Readiness, type ReadinessRule } from "./readiness";

/** What is wrong with an object's `pulumi.com/waitFor`, or undefined. */
export function waitForProblem(object: KubeObject): string | undefined {
    try {
        waitForRule(object);
        return undefined;
    } catch (error) {
        return messageOf(error);
    }
}

/**
 * The rule of the annotation `pulumi.com/waitFor`: one expression or a JSON list of them, each
 * `condition=Type[=Status]` or `jsonpath={.path}[=value]`. Undefined without the annotation; throws for an invalid
 * one.
 */
export function waitForRule(object: KubeObject): ReadinessRule | undefined {
    const text = annotation(object, annotations.waitFor);
    if (text === "") {
        return undefined;
    }
    const rules = expressions(text).map(parseExpression);
    return ({ live }) =>
        rules.map((rule) => rule(live)).find((readiness) => readiness.state !== "ready") ?? ready;
}

function expressions(text: string): readonly string[] {
    try {
        const parsed: unknown = JSON.parse(text);
        if (
            Array.isArray(parsed) &&
            parsed.length > 0 &&
            parsed.every((entry) => typeof entry === "string")
        ) {
            return parsed;
        }
    } catch {
        return [text];
    }
    throw new Error(
        `${annotations.waitFor}: ${text} is neither an expression nor a JSON list of expressions`,
    );
}

function parseExpression(text: string): (live: KubeObject) => Readiness {
    const condition = /^condition=([^=]+)(?:=(.+))?$/.exec(text);
    if (condition !== null) {
        const [, type = "", status = "True"] = condition;
        return (live) =>
            isObserved(live) &&
            stringAt(conditionOf(live, type), "status").toLowerCase() === status.toLowerCase()
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
    return (live) =>
        selects(live, path, value) ? ready : waiting(`Waiting for ${text.slice("jsonpath=".length)}`);
}

function selects(live: KubeObject, path: string, value: string | undefined): boolean {
    const found = JSONPath<Value[] | undefined>({
        path: path.startsWith("$") ? path : `$${path}`,
        json: live,
        eval: "safe",
        wrap: true,
    });
    const first = found?.[0];
    return isObserved(live) && first !== undefined && (value === undefined || textOf(first) === value);
}
