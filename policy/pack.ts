import { PolicyPack, type ResourceValidationPolicy } from "@pulumi/policy";
import { z } from "zod";
import type { Rule, Subject } from "./rule";
import { rules } from "./rules";
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
        validateResource: (resource, reportViolation) => {
            const { type, name: resourceName, props } = resource as Omit<typeof resource, "props"> & Subject;
            const context = { now: Date.now(), options: options.parse(optionsIn(resource.getConfig())) };
            for (const problem of check({ type, name: resourceName, props }, context)) {
                reportViolation(`${resourceName} ${problem}`);
            }
        },
    };
}

/** Pulumi passes the enforcement level with the options. */
function optionsIn(config: object): object {
    return Object.fromEntries(Object.entries(config).filter(([key]) => key !== "enforcementLevel"));
}

new PolicyPack("hubspoke", { policies: rules.map(policyOf) }, parsePolicySettings(committed));
