import * as pulumi from "@pulumi/pulumi";
import { typeOf } from "./dynamicResource";
import { InputError } from "../../settings/inputError";

/**
 * Options of a component whose cluster is in quarantine: what is below it stays, and nothing more comes to it. The
 * engine refuses both in a preview too: a creation by a hook, a deletion or replacement by the flag `protect`.
 */
export function quarantinedOptions(
    cluster: string,
    opts: pulumi.ComponentResourceOptions | undefined,
): pulumi.ComponentResourceOptions {
    const refuse = new pulumi.ResourceHook(
        `${cluster}-quarantine`,
        ({ name }) => {
            throw new InputError(
                `hubspoke:clusters.${cluster}.quarantined: ${name} would be new on ${cluster}, which is left alone. Take ` +
                    "back what asks for it, or lift the quarantine first",
            );
        },
        { onDryRun: true },
    );
    // These two are new in the state of an earlier version; in quarantine they do nothing.
    const idle = [typeOf("connection"), typeOf("departures")];
    const hooked: pulumi.ResourceTransformation = ({ type, props, opts: own }: pulumi.ResourceTransformationArgs) =>
        idle.includes(type)
            ? undefined
            : { props, opts: pulumi.mergeOptions(own, { hooks: { beforeCreate: [refuse] } }) };
    return { ...opts, protect: true, transformations: [...(opts?.transformations ?? []), hooked] };
}
