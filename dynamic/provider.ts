import { createHash } from "node:crypto";

/**
 * How the kinds in this folder are written: what Pulumi's dynamic provider process calls
 * (`@pulumi/pulumi/cmd/dynamic-provider`). It runs beside the engine, also in a plain `pulumi destroy`, which does not
 * run the program. What it is given and gives back stands in the state.
 */
export interface DynamicProvider<Inputs, Outputs> {
    create(inputs: Inputs): Promise<{ id: string; outs: Outputs }>;
    update?(id: string, before: Outputs, inputs: Inputs): Promise<{ outs: Outputs }>;
    delete?(id: string, state: Outputs): Promise<void>;
}

/** An error whose message says all: Pulumi shows the stack of an error as well, which would say it a second time. */
export class PlainError extends Error {
    override stack = "";
}

/** An id that the same resource always has. */
export function idOf(...parts: readonly string[]): string {
    return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
}
