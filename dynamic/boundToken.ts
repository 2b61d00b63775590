import { findCluster } from "../clusters/kubeconfig";
import { type RequestedToken, requestToken } from "../clusters/tokenRequest";
import { milliseconds } from "../settings/duration";
import { type DynamicProvider, idOf } from "./provider";
import { type BoundTokenInputs, type BoundTokenState, renewal } from "./renewal";

/**
 * A token that ends. It is renewed by each `up` after half of its life: the earlier one is valid until its own end, or
 * until the Secret is deleted. HUBSPOKE_RENEW=never defers that: for the search for drift, and for commands that change
 * one thing only.
 */
export const boundToken: DynamicProvider<BoundTokenInputs, BoundTokenState> = {
    diff: renewal,
    create: async (inputs) => ({ id: idOf(inputs.cluster, inputs.secret), outs: await issue(inputs) }),
    update: async (_, __, inputs) => ({ outs: await issue(inputs) }),
};

/** The middle of a token's life. */
function middle({ created, expires }: RequestedToken): string {
    return new Date((Date.parse(created) + Date.parse(expires)) / 2).toISOString();
}

async function issue(inputs: BoundTokenInputs): Promise<BoundTokenState> {
    const { spoke, cluster, namespace, account, secret, lifetime } = inputs;
    const seconds = Math.floor(milliseconds(lifetime) / 1000);
    const address = await findCluster(`clusters.${cluster}`, spoke);
    const token = await requestToken(address, { namespace, account, secret, seconds });
    return { ...inputs, ...token, renewAfter: middle(token) };
}
