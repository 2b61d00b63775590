import { waitFor } from "../clusters/wait";
import { findCluster } from "../clusters/kubeconfig";
import { get } from "../clusters/request";
import type { ClusterConnection } from "../settings/connection";
import { tryToken } from "../clusters/tokenTrial";
import { type DynamicProvider, idOf } from "./provider";

/** Limit for a new token to be made and accepted, in milliseconds; an API server caches refusals. */
const limitMs = 60_000;

/** What is to be proven: names only. The token itself is read from the spoke when it is needed. */
export interface AccessInputs {
    readonly spoke: ClusterConnection;
    readonly cluster: string;
    /** Where the token stands on the spoke; nothing for a cloud identity. */
    readonly token?: { readonly namespace: string; readonly secret: string };
    /** A namespace that the account must be able to read Deployments of. */
    readonly target: string;
    /** What changes whenever the account's rights do. */
    readonly rights: readonly string[];
}

/** The inputs, and when access was proven last, as RFC 3339. */
export interface AccessState extends AccessInputs {
    readonly provenAt: string;
}

/**
 * Proves, when a token is new or the account's rights have changed, that the token is accepted and may read what
 * Argo CD reads first. Its time becomes the annotation by which Argo CD reads that cluster anew.
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

/** The annotation has whole seconds, and must not be before the time at which a cache was read. */
function nextSecond(): string {
    return new Date(Math.ceil(Date.now() / 1000) * 1000).toISOString().replace(".000Z", "Z");
}
