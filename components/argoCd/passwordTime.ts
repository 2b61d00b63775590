import { createHash } from "node:crypto";
import { Secret } from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { RandomPassword } from "@pulumi/random";
import { onceMade } from "../support/onceMade";
import { secretData } from "../support/secretData";

/**
 * The time at which a password was set, as RFC 3339; Argo CD refuses every session from before it (argo-cd,
 * util/session/sessionmanager.go). A program has no clock that stands still between runs. The API server has one: an
 * immutable Secret with a digest of the password's hash is replaced exactly when the hash changes, and its creation is
 * that time.
 *
 * @param name logical name of the Secret, from which Pulumi makes a new name for each one
 */
export function passwordTime(
    name: string,
    password: RandomPassword,
    namespace: pulumi.Input<string>,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const digest = password.bcryptHash.apply((hash) => createHash("sha256").update(hash).digest("hex"));
    const data = secretData({ digest });
    const marker = new Secret(name, { metadata: { namespace }, immutable: true, data }, opts);
    return onceMade(marker, marker.metadata.creationTimestamp);
}
