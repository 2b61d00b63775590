import * as pulumi from "@pulumi/pulumi";
import { fromBase64, toBase64 } from "../../clusters/base64";

/**
 * The `data` of a Kubernetes Secret: every value in base64, and marked as a secret in state, preview and output.
 *
 * `stringData` would be shorter, but the API server never returns it: a refresh could not detect changes by hand, and a
 * server-side apply could not remove a key.
 */
export function secretData(values: Readonly<Record<string, pulumi.Input<string>>>) {
    return pulumi.secret(
        pulumi
            .output(values)
            .apply((plain) =>
                Object.fromEntries(
                    Object.entries(plain).map(([key, value]) => [key, toBase64(value)]),
                ),
            ),
    );
}

/** One value of a Secret's `data`, decoded; it stays secret. */
export function secretValue(data: pulumi.Output<Record<string, string>>, key: string): pulumi.Output<string> {
    return pulumi.secret(data.apply((values) => fromBase64(values[key])));
}
