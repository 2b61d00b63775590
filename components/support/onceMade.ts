import * as pulumi from "@pulumi/pulumi";

/**
 * Values that the API server sets when it creates an object: a time, a version, a UID. A preview of the creation does
 * not know them, or has those of a dry run. Because a preview has no ID either, they are unknown together with the ID.
 * An `up` that is constrained to the preview's plan would refuse the real values.
 */
export function onceMade(object: pulumi.CustomResource, value: pulumi.Output<string>): pulumi.Output<string> {
    return pulumi.all([object.id, value]).apply(([, known]) => known);
}
