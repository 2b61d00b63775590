import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";

/**
 * An error that the user can fix: invalid settings, or an unusable cluster. Pulumi shows only its message.
 *
 * Pulumi also inspects every error that ends a program, with every object that it refers to. This takes 10 seconds or
 * more for an error that passed through an Output, so this class defines how to show itself.
 */
export class InputError extends pulumi.RunError {
    [inspect.custom](): string {
        return this.message;
    }
}
