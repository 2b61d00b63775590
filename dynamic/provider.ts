import { createHash } from "node:crypto";

/**
 * The interface of the kinds in this folder, which Pulumi's dynamic provider process calls
 * (`@pulumi/pulumi/cmd/dynamic-provider`). It runs beside the engine, also in a plain `pulumi destroy`, which does not
 * run the program. Its inputs and outputs are in the state.
 */
export interface DynamicProvider<Inputs, Outputs> {
    /** Whether the resource is to be updated; by default the engine compares the inputs. */
    diff?(id: string, before: Outputs, inputs: Inputs): Promise<{ changes: boolean }>;
    create(inputs: Inputs): Promise<{ id: string; outs: Outputs }>;
    update?(id: string, before: Outputs, inputs: Inputs): Promise<{ outs: Outputs }>;
    delete?(id: string, state: Outputs): Promise<void>;
}

/** An error without a stack trace: Pulumi would print that too, and it repeats the message. */
export class PlainError extends Error {
    override stack = "";
}

/** A constant id for the same resource. */
export function idOf(...parts: readonly string[]): string {
    return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
}
