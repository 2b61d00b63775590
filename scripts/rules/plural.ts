/**
 * The resource of a kind by the rules of English, which the authors of kinds mostly follow: kubebuilder makes it so.
 * Kubernetes' own guess has fewer rules (apimachinery, pkg/api/meta, `UnsafeGuessKindToResource`), and is the same for
 * the kinds of Kubernetes.
 */
export function pluralOf(kind: string): string {
    const singular = kind.toLowerCase();
    if (singular.endsWith("endpoints")) {
        return singular;
    }
    if (/[^aeiou]y$/.test(singular)) {
        return `${singular.slice(0, -1)}ies`;
    }
    return /(s|x|z|ch|sh)$/.test(singular) ? `${singular}es` : `${singular}s`;
}
