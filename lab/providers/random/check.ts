import { nameOf } from "../plugin/provider";
import { textOf, Unknown, withoutSecrets, type PropertyMap, type Value } from "../plugin/values";

/** A reason to refuse inputs, and the property that causes it. */
interface Problem {
    readonly property: string;
    readonly reason: string;
}

/** Checks that the official provider makes before anything is created: of plain inputs, with unknowns in them. */
export type Check = (inputs: PropertyMap) => readonly Problem[];

/** Why the inputs are refused, in the words of the official provider's bridge (check_failures.go). */
export function refusals(urn: string, checks: readonly Check[], news: PropertyMap): readonly string[] {
    const inputs = withoutSecrets(news);
    const problems = checks.flatMap((check) => check(inputs));
    return problems.map(
        ({ property, reason }) => `${reason}. Examine values at '${nameOf(urn)}.${property}'.`,
    );
}

/** A number that is required, and must be 1 or more (int64validator.AtLeast). */
export function atLeastOne(property: string): Check {
    return (inputs) => {
        const value = inputs[property] ?? null;
        if (value === null) {
            return [{ property, reason: `Missing required property '${property}'` }];
        }
        const isFine = isUnknown(value) || (typeof value === "number" && value >= 1);
        return isFine ? [] : [invalidValue(property, "at least 1", value)];
    };
}

const minimums = ["minUpper", "minLower", "minNumeric", "minSpecial"];

/** The sum of the minimum numbers must not exceed the length (int64validator.AtLeastSumOf). */
export const lengthOfMinimums: Check = (inputs) => {
    const { length = null } = inputs;
    const demanded = minimums.map((minimum) => inputs[minimum] ?? 0);
    if (typeof length !== "number" || demanded.some(isUnknown) || length >= sum(demanded)) {
        return [];
    }
    return [invalidValue("length", `at least sum of ${minimums.map(snake).join(" + ")}`, length)];
};

/**
 * At least one class of characters must be allowed (validators.AtLeastOneOfTrue); a class without an input is allowed.
 */
export const someClass: Check = (inputs) =>
    ["numeric", "number"].flatMap((property) => {
        const classes = ["special", "upper", "lower", property];
        if (classes.some((name) => inputs[name] !== false)) {
            return [];
        }
        const reason =
            "Invalid Attribute Combination. " +
            `At least one attribute out of [${classes.join(",")}] must be specified as true`;
        return [{ property, reason }];
    });

function invalidValue(property: string, expected: string, value: Value): Problem {
    const reason = `Attribute ${snake(property)} value must be ${expected}, got: ${textOf(value)}`;
    return { property, reason: `Invalid Attribute Value. ${reason}` };
}

function isUnknown(value: Value): boolean {
    return value instanceof Unknown;
}

function sum(values: readonly Value[]): number {
    return values.reduce<number>((total, value) => total + Number(value), 0);
}

/** The name that the Terraform provider below has for an input. */
function snake(name: string): string {
    return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
