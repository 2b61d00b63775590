import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { environmentSettings, type EnvironmentSettings } from "./environment";
import { hubSettings, type HubSettings } from "./hub";
import { InputError } from "./inputError";

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
 * @param values the keys of the `hubspoke` namespace, without it, and their parsed values
 * @throws InputError that lists every invalid property with its path, the reason and what to write instead
 */
export function parseSettings(values: Record<string, unknown>): Settings {
    const result = settingsSchema.safeParse(values);
    if (result.success) {
        return result.data;
    }
    const problems = result.error.issues.flatMap(describe);
    throw new InputError(
        `The stack's configuration has ${problems.length} invalid propert${problems.length === 1 ? "y" : "ies"}; ` +
            `nothing was changed.\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
    );
}

function describe(issue: z.core.$ZodIssue): string[] {
    const at = (path: PropertyKey[]) => `hubspoke:${path.map(String).join(".")}`;
    if (issue.code === "unrecognized_keys") {
        return issue.keys.map((key) => `${at([...issue.path, key])}: is not a setting. Correct its spelling, or remove it`);
    }
    const messages = issue.code === "invalid_key" ? issue.issues : [issue];
    return messages.map(({ message }) => `${at(issue.path)}: ${message}`);
}

/**
 * Reads and validates the configuration of the current stack.
 *
 * @throws InputError as {@link parseSettings}, and when default Kubernetes providers are not disabled
 */
export function readSettings(): Settings {
    const disabled = new pulumi.Config("pulumi").getObject<string[]>("disable-default-providers") ?? [];
    if (!disabled.includes("kubernetes") && !disabled.includes("*")) {
        throw new InputError(
            "pulumi:disable-default-providers: must list kubernetes, so that nothing can reach a cluster that the " +
                'settings do not name. Write `pulumi:disable-default-providers: ["kubernetes"]`',
        );
    }
    const prefix = `${pulumi.getProject()}:`;
    const values = Object.entries(pulumi.runtime.allConfig())
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, value]) => [key.slice(prefix.length), parseValue(value)]);
    return parseSettings(Object.fromEntries(values) as Record<string, unknown>);
}

/** Pulumi passes maps and lists as JSON, and everything else as text. */
function parseValue(value: string): unknown {
    return /^\s*[[{]/.test(value) ? JSON.parse(value) : value;
}
