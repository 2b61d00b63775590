import { InputError } from "../../settings/inputError";
import { parseOptions } from "../support/options";

const usage = "usage: npm run forget -- STACK --cluster NAME [--cluster NAME …] [--yes]";

/** The command line: the clusters to remove. */
export interface ForgetOptions {
    readonly stack: string;
    readonly clusters: readonly string[];
    /** Whether to skip the question. */
    readonly yes: boolean;
}

/**
 * Reads the command line.
 *
 * @throws InputError with the reason
 */
export function forgetOptions(args: string[]): ForgetOptions {
    const { values, positionals } = parseOptions(
        {
            args,
            allowPositionals: true,
            options: {
                cluster: { type: "string", multiple: true, default: [] },
                yes: { type: "boolean", default: false },
            },
        },
        usage,
    );
    const [stack, ...more] = positionals;
    if (stack === undefined || more.length > 0) {
        throw new InputError(`name one stack; ${usage}`);
    }
    if (values.cluster.length === 0) {
        throw new InputError(`--cluster names no cluster of ${stack}; ${usage}`);
    }
    return { stack, clusters: [...new Set(values.cluster)], yes: values.yes };
}
