/**
 * Annotations with which the provider takes ownership of fields that another manager has set, instead of reporting a
 * conflict (Pulumi Kubernetes provider, "Server-Side Apply", `pulumi.com/patchForce`).
 */
export const takeOver = { "pulumi.com/patchForce": "true" };

/** An object with these annotations. */
export function takingOver<Given extends { readonly metadata: object }>(given: Given) {
    return { ...given, metadata: { ...given.metadata, annotations: takeOver } };
}
