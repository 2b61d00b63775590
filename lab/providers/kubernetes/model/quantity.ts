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

const factors: Readonly<Record<string, number>> = {
    n: 1e-9,
    u: 1e-6,
    m: 1e-3,
    "": 1,
    k: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
    P: 1e15,
    E: 1e18,
    Ki: 2 ** 10,
    Mi: 2 ** 20,
    Gi: 2 ** 30,
    Ti: 2 ** 40,
    Pi: 2 ** 50,
    Ei: 2 ** 60,
};

/** Whether the value at a path is a quantity: directly inside one of the maps that hold them. */
export function isQuantityPath(path: readonly (string | number)[]): boolean {
    const parent = path.at(-2);
    return (typeof parent === "string" && quantityMaps.has(parent)) || path.at(-1) === "sizeLimit";
}

/** A quantity as a number (`1000m` is 1), or undefined for anything else. */
export function parseQuantity(value: unknown): number | undefined {
    const match = /^([+-]?[0-9.]+)(?:e([+-]?[0-9]+))?([a-zA-Z]*)$/.exec(String(value));
    const factor = factors[match?.[3] ?? "?"];
    if (match === null || factor === undefined) {
        return undefined;
    }
    const number = Number(match[1]) * 10 ** Number(match[2] ?? "0") * factor;
    return Number.isNaN(number) ? undefined : number;
}
