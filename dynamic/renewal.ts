import type { BoundTokenInputs, BoundTokenState } from "./boundToken";

/** What makes another token; another way to the cluster does not. */
const deciding = ["namespace", "account", "secret", "lifetime"] as const;

/** Whether an `up` makes another token; alone in this file, because each preview asks. */
export function renewal(_: string, before: BoundTokenState, inputs: BoundTokenInputs): Promise<{ changes: boolean }> {
    const differs = deciding.some((name) => before[name] !== inputs[name]);
    const renews = process.env.HUBSPOKE_RENEW !== "never" && Date.now() >= Date.parse(before.renewAfter);
    return Promise.resolve({ changes: !inputs.skip && (differs || renews) });
}
