import { textOf, type Value } from "../../plugin/values";

/** Decimal suffixes from 10^-9 on, by thousands. */
const decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
/** Binary suffixes from 1 on, by 1024. */
const binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

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

/** Whether a field of this name is a map of quantities. */
export function isQuantityMap(name: string): boolean {
    return quantityMaps.has(name);
}

/** Whether a field of this name is one quantity. */
export function isQuantity(name: string): boolean {
    return name === "sizeLimit";
}

/** Whether the value at a path is a quantity: directly inside one of the maps that hold them. */
export function isQuantityPath(path: readonly (string | number)[]): boolean {
    const [parent, name] = [path.at(-2), path.at(-1)];
    return (typeof parent === "string" && isQuantityMap(parent)) || (typeof name === "string" && isQuantity(name));
}

/**
 * The form in which the API server keeps a quantity: no fraction, and the largest suffix that allows that, so
 * `4000m` is `4` (k8s.io/apimachinery, pkg/api/resource, "Quantity"). Other values stay.
 */
export function canonicalQuantity(value: Value): Value {
    const [, sign = "", whole = "", fraction = "", exponent, suffix = ""] =
        /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+)|([a-zA-Z]{0,2}))$/.exec(textOf(value)) ?? [];
    const power = binary.indexOf(suffix);
    const thousands = decimal.indexOf(suffix);
    if (whole + fraction === "" || (power < 0 && thousands < 0)) {
        return value;
    }
    const digits = BigInt(whole + fraction);
    const nano =
        power > 0
            ? shift(digits * 1024n ** BigInt(power), 9 - fraction.length)
            : shift(digits, (exponent === undefined ? 3 * thousands - 9 : Number(exponent)) + 9 - fraction.length);
    const minus = sign === "-" && nano > 0n ? "-" : "";
    if (power > 0 && nano >= 1024n * 10n ** 9n) {
        const [amount, steps] = reduce(shift(nano, -9), 1024n, binary.length - 1);
        return `${minus}${amount}${binary[steps] ?? ""}`;
    }
    const [amount, steps] = reduce(nano, 1000n, decimal.length - 1);
    const exponential = steps === 3 ? "" : `e${3 * steps - 9}`;
    return `${minus}${amount}${exponent === undefined ? (decimal[steps] ?? "") : exponential}`;
}

/** A number times a power of ten, rounded up. */
function shift(digits: bigint, power: number): bigint {
    const factor = 10n ** BigInt(Math.abs(power));
    return power >= 0 ? digits * factor : (digits + factor - 1n) / factor;
}

/** Divides as often as it leaves no rest, and at most so often. Nothing is nothing of the plain unit. */
function reduce(amount: bigint, by: bigint, most: number): [amount: bigint, steps: number] {
    if (amount === 0n) {
        return [0n, 3];
    }
    let steps = 0;
    while (steps < most && amount % by === 0n) {
        amount /= by;
        steps++;
    }
    return [amount, steps];
}
