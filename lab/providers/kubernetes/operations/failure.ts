import { InitFailedError } from "../../plugin/errors";
import type { PropertyMap } from "../../plugin/values";

/** Why an object is not ready. */
export interface AwaitFailure {
    readonly message: string;
    /** What was seen last: conditions, pods, finalizers. */
    readonly reasons: readonly string[];
}

/** The error for an object that exists but is not ready; state keeps it, with the reasons. */
export function initFailure(
    what: string,
    { message, reasons }: AwaitFailure,
    id: string,
    properties: PropertyMap,
    inputs?: PropertyMap,
): InitFailedError {
    const whole = `${what}: ${message}`;
    return new InitFailedError(whole, id, properties, [whole, ...reasons], inputs);
}
