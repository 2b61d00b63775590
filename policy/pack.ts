import { PolicyPack, type ResourceValidationPolicy, type StackValidationPolicy } from "@pulumi/policy";
import { z } from "zod";
import { inside } from "./rendered";
import type { Rule, StackRule, Subject } from "./rule";
import { rules, stackRules } from "./rules";
import committed from "./settings.json";
import { parsePolicySettings } from "./settings";

/**
 * The rules as a Pulumi policy pack (CrossGuard):
 *
 *     pulumi preview --policy-pack policy [--policy-pack-config other-settings.json]
 */
function policyOf({ name, description, options, check }: Rule): ResourceValidationPolicy {
    const { properties, required } = z.toJSONSchema(options, { io: "input" }) as {
        properties: Record<string, object>;
        required?: string[];
    };
    return {
        name,
        description,
        configSchema: { properties, ...(required === undefined ? {} : { required }) },
        validateResource: async (resource, reportViolation) => {
            const { type, name: resourceName, props } = resource as Omit<typeof resource, "props"> & Subject;
            const context = { now: Date.now(), options: options.parse(optionsIn(resource.getConfig())) };
            const subject = { type, name: resourceName, props };
            for (const one of [subject, ...(await inside(subject))]) {
                for (const problem of check(one, context)) {
                    reportViolation(`${one.name} ${problem}`);
                }
            }
        },
    };
}

function stackPolicyOf({ name, description, checkStack }: StackRule): StackValidationPolicy {
    return {
        name,
        description,
        validateStack: ({ resources }, reportViolation) => {
            const subjects = resources.map(({ type, name: named, props }) => ({ type, name: named, props }));
            for (const problem of checkStack(subjects)) {
                reportViolation(`the stack ${problem}`);
            }
        },
    };
}

/** Pulumi passes the enforcement level with the options. */
function optionsIn(config: object): object {
    return Object.fromEntries(Object.entries(config).filter(([key]) => key !== "enforcementLevel"));
}

new PolicyPack("hubspoke", { policies: [...rules.map(policyOf), ...stackRules.map(stackPolicyOf)] }, parsePolicySettings(committed));
