import type { Rule, Subject } from "./rule";
import { rules } from "./rules";
import type { PolicySettings } from "./settings";

/** A resource that breaks a rule. */
export interface Violation {
    readonly rule: string;
    readonly level: "advisory" | "mandatory";
    readonly resource: string;
    readonly message: string;
}

/**
 * Runs the rules over resources without Pulumi's engine, as the unit tests do over what the mocks recorded.
 *
 * @param now in milliseconds
 */
export function violations(subjects: readonly Subject[], settings: PolicySettings, now: number): Violation[] {
    return rules.flatMap((rule) => {
        const { enforcementLevel: level = "mandatory", ...given } = settings[rule.name] ?? {};
        return level === "disabled" ? [] : subjects.flatMap((subject) => broken(rule, subject, given, level, now));
    });
}

function broken(rule: Rule, subject: Subject, given: object, level: Violation["level"], now: number): Violation[] {
    return rule
        .check(subject, { now, options: rule.options.parse(given) })
        .map((message) => ({ rule: rule.name, level, resource: subject.name, message }));
}
