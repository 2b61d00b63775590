import type { Rule, Subject } from "./rule";
import { rules, stackRules } from "./rules";
import type { PolicySettings } from "./settings";

/** A rule violation of a resource. */
export interface Violation {
    readonly rule: string;
    readonly level: "advisory" | "mandatory";
    readonly resource: string;
    readonly message: string;
}

/**
 * Runs the rules on resources without Pulumi's engine; the unit tests run them on the mocks' resources.
 *
 * @param now the time, in milliseconds
 */
export function violations(subjects: readonly Subject[], settings: PolicySettings, now: number): Violation[] {
    const single = rules.flatMap((rule) => {
        const { enforcementLevel: level = "mandatory", ...given } = settings[rule.name] ?? {};
        return level === "disabled" ? [] : subjects.flatMap((subject) => broken(rule, subject, given, level, now));
    });
    const whole = stackRules.flatMap(({ name: rule, checkStack }) => {
        const { enforcementLevel: level = "mandatory" } = settings[rule] ?? {};
        return level === "disabled"
            ? []
            : checkStack(subjects).map((message) => ({ rule, level, resource: "stack", message }));
    });
    return [...single, ...whole];
}

function broken(rule: Rule, subject: Subject, given: object, level: Violation["level"], now: number): Violation[] {
    return rule
        .check(subject, { now, options: rule.options.parse(given) })
        .map((message) => ({ rule: rule.name, level, resource: subject.name, message }));
}
