import type { z } from "zod";

/** A resource as a rule sees it: the program's inputs, with secrets unwrapped. */
export interface Subject {
    /** Pulumi's type, for example `kubernetes:core/v1:Secret`. */
    readonly type: string;
    readonly name: string;
    readonly props: Readonly<Record<string, unknown>>;
    /**
     * Whether a property is marked as a secret, by its path; undefined if the runner cannot see that, like Pulumi's
     * policy SDK.
     */
    readonly isSecret?: (path: readonly string[]) => boolean;
}

/** A rule's input besides the resource. */
export interface Context<Options> {
    /** The time, in milliseconds. */
    readonly now: number;
    readonly options: Options;
}

/**
 * A rule for one resource: a pure function. The policy pack runs it in Pulumi's engine, and the unit tests run it on
 * the mocks' resources.
 */
export interface Rule<Shape extends z.ZodRawShape = z.ZodRawShape> {
    readonly name: string;
    /** The requirement, in one sentence. */
    readonly description: string;
    /** Options besides the enforcement level. */
    readonly options: z.ZodObject<Shape>;
    /** The problems of a resource, each with its remedy; empty if it complies or the rule does not apply to it. */
    readonly check: (subject: Subject, context: Context<z.output<z.ZodObject<Shape>>>) => string[];
}

/** A rule for a whole stack: for what must be there. It has no options. */
export interface StackRule {
    readonly name: string;
    /** The requirement, in one sentence. */
    readonly description: string;
    /** The problems of the stack, each with its remedy. */
    readonly checkStack: (subjects: readonly Subject[]) => string[];
}

/** Lets TypeScript infer the type of a rule's options. */
export function rule<Shape extends z.ZodRawShape>(given: Rule<Shape>): Rule<Shape> {
    return given;
}
