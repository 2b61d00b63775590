const factors: Readonly<Record<string, number>> = {
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
 * A Kubernetes quantity, such as "500m" or "1.5Gi", as a number (kubernetes.io/docs, "Quantity").
 *
 * @throws Error for what is none
 */
export function numberOf(quantity: string): number {
    const [, number, suffix = ""] = /^([\d.]+(?:e\d+)?)([a-zA-Z]*)$/.exec(quantity) ?? [];
    const factor = suffix === "" ? 1 : factors[suffix];
    if (number === undefined || factor === undefined) {
        throw new Error(`"${quantity}" is no quantity of Kubernetes`);
    }
    return Number(number) * factor;
}
