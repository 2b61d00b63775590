import { parseOptions } from "../support/options";

const usage = "usage: npm run rules -- [APPLICATION …] [--check] [--checkout DIR] [--stack hub]";

/** Whose rules to write. */
export interface RulesOptions {
    /** Names of applications; none for all. */
    readonly applications: readonly string[];
    /** Whether to compare only, and write nothing. */
    readonly check: boolean;
    /** A checkout whose files are rendered in place of its repository. */
    readonly checkout: string;
    /** The hub's stack. */
    readonly stack: string;
}

/**
 * Reads the command line.
 *
 * @throws InputError with the reason
 */
export function rulesOptions(args: string[]): RulesOptions {
    const { values, positionals } = parseOptions(
        {
            args,
            allowPositionals: true,
            options: {
                check: { type: "boolean", default: false },
                checkout: { type: "string", default: "." },
                stack: { type: "string", default: "hub" },
            },
        },
        usage,
    );
    return { applications: positionals, ...values };
}
