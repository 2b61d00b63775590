import { parseOptions } from "../support/options";

const usage =
    "usage: npm run preview -- [--base origin/main] [--agent FOLDER] [--policy] [--accept-deletions] [--out FOLDER] [STACK …]";

/** What to preview. */
export interface PreviewOptions {
    /** The stacks; none for all with a stack file. */
    readonly stacks: readonly string[];
    /** The revision to compare the change with. */
    readonly base: string;
    /** A checkout of the agent's repository, if that is another one. */
    readonly agent: string | undefined;
    /** Whether to check the policies. */
    readonly policy: boolean;
    /** Whether deletions on production clusters are accepted. */
    readonly accepted: boolean;
    /** Folder for the comment; undefined for standard output. */
    readonly out: string | undefined;
}

/**
 * Reads the command line.
 *
 * @throws InputError with the reason
 */
export function previewOptions(args: string[]): PreviewOptions {
    const { values, positionals } = parseOptions(
        {
            args,
            allowPositionals: true,
            options: {
                base: { type: "string", default: "origin/main" },
                agent: { type: "string" },
                policy: { type: "boolean", default: false },
                "accept-deletions": { type: "boolean", default: false },
                out: { type: "string" },
            },
        },
        usage,
    );
    const { base, agent, policy, "accept-deletions": accepted, out } = values;
    return { stacks: positionals, base, agent, policy, accepted, out };
}
