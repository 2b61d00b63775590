const factors: Readonly<Record<string, number>> = {
    n: 1e-9,
    u: 1e-6,
    m: 1e-3,
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

/**
 * A Kubernetes quantity, such as "500m" or "1.5Gi", as a number (kubernetes.io/docs, "Quantity"); undefined if it is
 * not a quantity.
 */
export function parseQuantity(value: unknown): number | undefined {
    const [, digits, exponent, suffix = ""] =
        /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:[eE]([+-]?\d+)|([a-zA-Z]{1,2}))?$/.exec(String(value)) ?? [];
    const factor = suffix === "" ? 10 ** Number(exponent ?? "0") : factors[suffix];
    return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

/**
 * The amount of a quantity.
 *
 * @throws Error if the value is not a quantity, or is negative
 */
export function amountOf(quantity: string): number {
    const amount = parseQuantity(quantity);
    if (amount === undefined || amount < 0) {
        throw new Error(`"${quantity}" is not a Kubernetes quantity`);
    }
    return amount;
}
