import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";

/**
 * An error that a person can mend: bad settings, or a cluster that cannot be used. Pulumi shows its message alone.
 *
 * Pulumi also inspects every error that ends a program, with all that hangs on it, which takes 10 seconds or more for
 * one that passed through an Output; so this one says itself how it is shown.
 */
export class InputError extends pulumi.RunError {
    [inspect.custom](): string {
        return this.message;
    }
}
