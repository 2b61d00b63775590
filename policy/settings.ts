import { z } from "zod";
import { InputError } from "../settings/inputError";
import { rules, stackRules } from "./rules";

const enforcementLevel = z.enum(
    ["advisory", "mandatory", "disabled"],
    'must be "advisory", "mandatory" or "disabled". Write one of these',
);

const schema = z.strictObject(
    Object.fromEntries([
        ...rules.map(({ name, options }) => [name, options.extend({ enforcementLevel })] as const),
        ...stackRules.map(({ name }) => [name, z.strictObject({ enforcementLevel })] as const),
    ]),
);

/** Each rule's level and options, by the rule's name: the form of `pulumi preview --policy-pack-config`. */
export type PolicySettings = Readonly<
    Record<string, { readonly enforcementLevel: z.output<typeof enforcementLevel>; readonly [option: string]: unknown }>
>;

/**
 * Reads the settings of the policies.
 *
 * @throws InputError that lists every invalid setting
 */
export function parsePolicySettings(given: unknown): PolicySettings {
    const result = schema.safeParse(given);
    if (result.success) {
        return result.data;
    }
    const problems = result.error.issues.map((issue) =>
        issue.code === "unrecognized_keys"
            ? `${[...issue.path, issue.keys[0]].join(".")}: is not a rule or an option. Correct it, or remove it`
            : `${issue.path.join(".")}: ${issue.message}`,
    );
    throw new InputError(`policy/settings.json: ${problems.join("; ")}`);
}
