/**
 * Annotations of an object whose fields the provider takes over where somebody else has set them meanwhile, in place of
 * a conflict (Pulumi Kubernetes provider, "Server-Side Apply", `pulumi.com/patchForce`).
 */
export const takeOver = { "pulumi.com/patchForce": "true" };

/** An object with these annotations. */
export function takingOver<Given extends { readonly metadata: object }>(given: Given) {
    return { ...given, metadata: { ...given.metadata, annotations: takeOver } };
}
