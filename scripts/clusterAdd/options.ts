import { InputError } from "../../settings/inputError";
import { parseOptions } from "../support/options";

/** A cluster to add, from the command line. */
export interface NewCluster {
    readonly environment: string;
    readonly name: string;
    /** Its settings, as in the stack file. */
    readonly settings: {
        readonly context: string;
        readonly revision?: string;
        readonly labels: Readonly<Record<string, string>>;
    };
}

const usage =
    "usage: npm run cluster:add -- --environment prod --name prod-eu --context prod-eu --label region=eu " +
    "[--label KEY=VALUE …] [--revision TAG]";

/**
 * Reads the command line.
 *
 * @throws InputError with the reason
 */
export function newCluster(args: string[]): NewCluster {
    const { values } = parseOptions(
        {
            args,
            options: {
                environment: { type: "string" },
                name: { type: "string" },
                context: { type: "string" },
                revision: { type: "string" },
                label: { type: "string", multiple: true, default: [] },
            },
        },
        usage,
    );
    const { environment, name, context, revision, label } = values;
    if (environment === undefined || name === undefined || context === undefined) {
        throw new InputError(`--environment, --name and --context are required; ${usage}`);
    }
    const labels: Record<string, string> = {};
    for (const one of label) {
        const [, key, value] = /^([^=]+)=(.*)$/.exec(one) ?? [];
        if (key === undefined || value === undefined) {
            throw new InputError(`--label ${one}: must be KEY=VALUE. Write for example --label region=eu-west-1`);
        }
        if (key in labels) {
            throw new InputError(`--label ${one}: ${key} is set twice. Keep one`);
        }
        labels[key] = value;
    }
    return { environment, name, settings: { context, ...(revision === undefined ? {} : { revision }), labels } };
}
