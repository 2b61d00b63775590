import type { RequestedToken } from "../clusters/tokenRequest";
import type { ClusterConnection } from "../settings/connection";

/** An account on a spoke, and how long its token is to be valid. */
export interface BoundTokenInputs {
    readonly spoke: ClusterConnection;
    readonly cluster: string;
    readonly namespace: string;
    readonly account: string;
    /** Name of the Secret whose deletion revokes the token. */
    readonly secret: string;
    /** Go duration. */
    readonly lifetime: string;
    /** Whether nothing is asked: the cluster is in quarantine. */
    readonly skip?: true;
}

/** The inputs, and the token: the stack's state encrypts it. */
export interface BoundTokenState extends BoundTokenInputs, RequestedToken {
    /** Time after which an `up` renews it, as RFC 3339. */
    readonly renewAfter: string;
}

/** What makes another token; another way to the cluster does not. */
const deciding = ["namespace", "account", "secret", "lifetime"] as const;

/** Whether an `up` makes another token; alone in this file, because each preview asks. */
export function renewal(_: string, before: BoundTokenState, inputs: BoundTokenInputs): Promise<{ changes: boolean }> {
    const differs = deciding.some((name) => before[name] !== inputs[name]);
    const renews = process.env.HUBSPOKE_RENEW !== "never" && Date.now() >= Date.parse(before.renewAfter);
    return Promise.resolve({ changes: !inputs.skip && (differs || renews) });
}
