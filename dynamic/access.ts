import { waitFor } from "../clusters/wait";
import { findCluster } from "../clusters/kubeconfig";
import { get } from "../clusters/request";
import type { ClusterConnection } from "../settings/connection";
import { tryToken } from "../clusters/tokenTrial";
import { type DynamicProvider, idOf } from "./provider";

/** Limit for a new token to be created and accepted, in milliseconds; an API server caches refusals. */
const limitMs = 60_000;

/** The access to check: names only. The token itself is read from the spoke when it is needed. */
export interface AccessInputs {
    readonly spoke: ClusterConnection;
    readonly cluster: string;
    /** The token's Secret on the spoke; undefined for a cloud identity. */
    readonly token?: { readonly namespace: string; readonly secret: string };
    /** A namespace in which the account must be able to read Deployments. */
    readonly target: string;
    /** A value that changes with the account's rights. */
    readonly rights: readonly string[];
}

/** The inputs, and the time of the last check, as RFC 3339. */
export interface AccessState extends AccessInputs {
    readonly provenAt: string;
}

/**
 * If a token is new, or the account's rights have changed, checks that the cluster accepts the token, and that the
 * token may read what Argo CD reads first. The time of the check is in an annotation that makes Argo CD read the
 * cluster again.
 */
export const access: DynamicProvider<AccessInputs, AccessState> = {
    create: async (inputs) => ({ id: idOf(inputs.cluster), outs: await prove(inputs) }),
    update: async (_, __, inputs) => ({ outs: await prove(inputs) }),
};

async function prove(inputs: AccessInputs): Promise<AccessState> {
    const { cluster, spoke, token, target } = inputs;
    if (token !== undefined) {
        const address = await findCluster(`clusters.${cluster}`, spoke);
        const path = `api/v1/namespaces/${token.namespace}/secrets/${token.secret}`;
        await waitFor(`cluster ${cluster} to accept its new token`, async () => {
            const { data } = await get<{ data?: Record<string, string> }>(address, path);
            if (data?.token === undefined) {
                return { seen: `Secret ${token.secret} without a token` };
            }
            const status = await tryToken(address, data.token, target);
            return status === 200 ? { done: undefined } : { seen: `answer ${status}` };
        }, { timeoutMs: limitMs });
    }
    return { ...inputs, provenAt: nextSecond() };
}

/** The annotation has whole seconds, and must not be earlier than the time at which the cache was filled. */
function nextSecond(): string {
    return new Date(Math.ceil(Date.now() / 1000) * 1000).toISOString().replace(".000Z", "Z");
}
