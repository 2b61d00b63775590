import { z } from "zod";
import { asExpected, type Problem } from "./given";
import { environmentSettings, type EnvironmentSettings } from "./environment";
import { hubSettings, type HubSettings } from "./hub";
import { InputError } from "./inputError";
import { type Shard, shardSettings } from "./shard";

/**
 * The configuration of every stack: its types, defaults and validation, and nothing else.
 * Keys are in `Pulumi.<stack>.yaml` under the project's namespace, for example `hubspoke:role`.
 */

const settingsSchema = z.discriminatedUnion("role", [hubSettings, environmentSettings], {
    error: 'is missing or unknown. Write "hub" or "environment"',
});

/** Settings of any stack; `role` distinguishes them. */
export type Settings = HubSettings | EnvironmentSettings;

/**
 * Validates a stack's configuration.
 *
 * @param given the keys of the `hubspoke` namespace, without it, with their values as Pulumi or YAML hands them over
 * @throws InputError that lists every invalid property with its path, the reason and what to write instead; it repeats
 *     no value that is a secret
 */
export function parseSettings(given: Readonly<Record<string, unknown>>): Settings {
    return parsed(settingsSchema, given);
}

/**
 * Validates the configuration of a stack that is a shard; its environment's stack file has all other settings.
 *
 * @throws InputError as {@link parseSettings}
 */
export function parseShard(given: Readonly<Record<string, unknown>>): Shard {
    return parsed(shardSettings, given).shard;
}

function parsed<Schema extends z.ZodType>(schema: Schema, given: Readonly<Record<string, unknown>>): z.output<Schema> {
    const { value, problems } = asExpected(schema, given);
    const result = schema.safeParse(value, { error: inWords });
    const issues = result.error?.issues ?? [];
    const lines = new Set([...problems.map(line), ...issues.flatMap((issue) => describe(issue, problems))]);
    if (result.success && lines.size === 0) {
        return result.data;
    }
    throw new InputError(
        `The stack's configuration has ${lines.size} invalid propert${lines.size === 1 ? "y" : "ies"}; ` +
            `nothing was changed.\n${[...lines].map((problem) => `  ${problem}`).join("\n")}`,
    );
}

function line({ path, message }: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
    return `hubspoke:${path.map(String).join(".")}: ${message}`;
}

/** The lines about an issue, except where a problem says more about the same property. */
function describe(issue: z.core.$ZodIssue, problems: readonly Problem[]): string[] {
    const messages = issue.code === "invalid_key" ? issue.issues : [issue];
    const found =
        issue.code === "unrecognized_keys"
            ? issue.keys.map((key) => ({ path: [...issue.path, key], message: "is not a setting. Remove it" }))
            : messages.map(({ message }) => ({ path: issue.path, message }));
    const isSaid = (at: readonly PropertyKey[]) =>
        problems.some(({ path }) => path.length === at.length && path.every((key, index) => key === at[index]));
    return found.filter(({ path }) => !isSaid(path)).map(line);
}

const kinds: Readonly<Record<string, string>> = {
    object: "a map",
    record: "a map",
    array: "a list",
    string: "text",
    number: "a number",
    boolean: "true or false",
};

/** What an issue says where its schema has no words for it. */
function inWords({ code, input, ...issue }: z.core.$ZodRawIssue): string {
    if (code === "invalid_type") {
        return input === undefined ? "is missing. Add it" : `must be ${kinds[String(issue.expected)] ?? "another value"}. Correct it`;
    }
    return "is not valid. Correct it (docs/settings.md)";
}

/** @throws InputError when the Pulumi setting does not list kubernetes */
export function refuseDefaultProviders(given: string | undefined): void {
    const { data: disabled = [] } = z.array(z.string()).safeParse(asExpected(z.array(z.string()), given).value);
    if (!disabled.includes("kubernetes") && !disabled.includes("*")) {
        throw new InputError(
            "pulumi:disable-default-providers: must list kubernetes, so that nothing can reach a cluster that the " +
                'settings do not name. Write `pulumi:disable-default-providers: ["kubernetes"]`',
        );
    }
}
