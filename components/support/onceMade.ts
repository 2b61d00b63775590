import * as pulumi from "@pulumi/pulumi";

/**
 * What the API server says of an object when it has made it: a time, a version, a uid. A preview of the creation knows
 * none of these, or has one of a trial that nothing came of; as a preview has no id either, they are unknown with it.
 * An `up` that is constrained to the preview's plan would refuse the true ones.
 */
export function onceMade(object: pulumi.CustomResource, value: pulumi.Output<string>): pulumi.Output<string> {
    return pulumi.all([object.id, value]).apply(([, known]) => known);
}
