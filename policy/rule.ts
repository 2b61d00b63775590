import type { z } from "zod";

/** A resource as a rule sees it: what the program asked for, with secrets unwrapped. */
export interface Subject {
    /** Pulumi's type, for example `kubernetes:core/v1:Secret`. */
    readonly type: string;
    readonly name: string;
    readonly props: Readonly<Record<string, unknown>>;
    /**
     * Whether a property is marked as a secret, by its path; nothing where the runner cannot see that, as Pulumi's
     * policy SDK cannot.
     */
    readonly isSecret?: (path: readonly string[]) => boolean;
}

/** What a rule may know besides the resource. */
export interface Context<Options> {
    /** The time, in milliseconds. */
    readonly now: number;
    readonly options: Options;
}

/**
 * One rule over one resource: a pure function, which the policy pack runs in Pulumi's engine and the unit tests over
 * what the mocks recorded.
 */
export interface Rule<Shape extends z.ZodRawShape = z.ZodRawShape> {
    readonly name: string;
    /** What the rule demands, in one sentence. */
    readonly description: string;
    /** What can be set beside the level. */
    readonly options: z.ZodObject<Shape>;
    /** What is wrong with a resource, and what to do; nothing where it is good or the rule is not about it. */
    readonly check: (subject: Subject, context: Context<z.output<z.ZodObject<Shape>>>) => string[];
}

/** Lets TypeScript infer what a rule's options are. */
export function rule<Shape extends z.ZodRawShape>(given: Rule<Shape>): Rule<Shape> {
    return given;
}
