/** Keys whose values are resource quantities, as `cpu: 500m`, in every built-in kind. */
const quantityMaps = new Set([
    "allocatable",
    "capacity",
    "default",
    "defaultRequest",
    "hard",
    "limits",
    "max",
    "maxLimitRequestRatio",
    "min",
    "overhead",
    "podFixed",
    "requests",
]);

/** Whether the value at a path is a quantity: directly inside one of the maps that hold them. */
export function isQuantityPath(path: readonly (string | number)[]): boolean {
    const parent = path.at(-2);
    return (typeof parent === "string" && quantityMaps.has(parent)) || path.at(-1) === "sizeLimit";
}
