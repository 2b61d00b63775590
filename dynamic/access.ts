import { fromBase64 } from "../clusters/base64";
import { type ArgoCdConnection, certificateProblem } from "../clusters/argoCdConnection";
import { type ClusterAddress, findCluster } from "../clusters/kubeconfig";
import { connectingAccounts } from "../clusters/federation";
import { CertificateError, get } from "../clusters/request";
import { secretPath } from "../clusters/secretPath";
import { MayNotRequestError, requestToken } from "../clusters/tokenRequest";
import { tryToken } from "../clusters/tokenTrial";
import { GiveUp, waitFor } from "../clusters/wait";
import type { ClusterConnection } from "../settings/connection";
import { shortestLifetime } from "../settings/duration";
import { type DynamicProvider, idOf } from "./provider";

/** Limit for a new token to be made and accepted, in milliseconds; an API server caches refusals. */
const limitMs = 60_000;

/** What is to be proven: names only. A token is read or requested when it is needed. */
export interface AccessInputs {
    readonly spoke: ClusterConnection;
    readonly cluster: string;
    /** How Argo CD will connect. */
    readonly connection: ArgoCdConnection;
    /** Whether this machine cannot reach the server in that way. */
    readonly hubOnly?: true;
    /** The Secret on the spoke that contains the token, or to which a token of `account` is bound until `expires`. */
    readonly token?: {
        readonly namespace: string;
        readonly secret: string;
        readonly account?: string;
        readonly expires?: string;
    };
    /** Argo CD's namespace on the hub, and the audience of its tokens, for a spoke that trusts the hub's issuer. */
    readonly federated?: { readonly namespace: string; readonly audience: string };
    /** The hub, with `federated`. */
    readonly hub?: ClusterConnection;
    /** A namespace that the account must be able to read events of. */
    readonly target: string;
    /** What changes whenever the account's rights do. */
    readonly rights: readonly string[];
}

/** The inputs, and when access was proven last, as RFC 3339. */
export interface AccessState extends AccessInputs {
    readonly provenAt: string;
}

/**
 * Proves, when a token or the connection is new or the account's rights have changed, that the token is accepted by the
 * server, the CA and the proxy that the cluster Secret names, and that the account has its rights. The time becomes the
 * annotation after which Argo CD reads that cluster again. Of a token that ends, another one of the same account and
 * Secret is tried, so that the state has it only once.
 */
export const access: DynamicProvider<AccessInputs, AccessState> = {
    create: async (inputs) => ({ id: idOf(inputs.cluster), outs: await prove(inputs) }),
    update: async (_, __, inputs) => ({ outs: await prove(inputs) }),
};

async function prove(inputs: AccessInputs): Promise<AccessState> {
    const sources = await tokenSources(inputs);
    if (sources.length > 0) {
        const user = await findCluster(`clusters.${inputs.cluster}`, inputs.spoke);
        for (const source of sources) {
            await proveToken(user, source, inputs);
        }
    }
    return { ...inputs, provenAt: nextSecond() };
}

/** Gets a token to try; undefined if there is none yet. */
type TokenSource = (spoke: ClusterAddress) => Promise<string | undefined>;

/** The tokens to prove; none for a cloud identity. */
async function tokenSources({ token, federated, hub }: AccessInputs): Promise<TokenSource[]> {
    const seconds = shortestLifetime;
    if (federated !== undefined && hub !== undefined) {
        const address = await findCluster("hub", hub);
        return connectingAccounts.map((account) => async () => {
            return (await requestToken(address, { ...federated, account, seconds })).token;
        });
    }
    if (token === undefined) {
        return [];
    }
    const { namespace, secret, account } = token;
    return [
        async (spoke) => {
            if (account !== undefined) {
                return (await requestToken(spoke, { namespace, account, secret, seconds })).token;
            }
            const { data } = await get<{ data?: Record<string, string> }>(spoke, secretPath(namespace, secret));
            return data?.token && fromBase64(data.token);
        },
    ];
}

async function proveToken(
    user: ClusterAddress,
    source: TokenSource,
    { cluster, connection, hubOnly, target, federated }: AccessInputs,
): Promise<void> {
    let answer = { status: 0, byArgoCdsWay: true };
    try {
        await waitFor(`cluster ${cluster} to accept its new token`, async () => {
            const token = await source(user);
            if (token === undefined) {
                return { seen: "a Secret without a token" };
            }
            const byArgoCdsWay = hubOnly ? undefined : connection;
            answer = await tryToken(user, byArgoCdsWay, token, target).catch((error: unknown) => {
                throw error instanceof CertificateError
                    ? new GiveUp(certificateProblem({ ...user, server: connection.server }, error, user))
                    : error;
            });
            const why = answer.status === 403 ? `: no right to list events in namespace ${target}` : "";
            return answer.status === 200 ? { done: undefined } : { seen: `answer ${answer.status}${why}` };
        }, { timeoutMs: limitMs });
    } catch (error) {
        // Without the right on the hub, only Argo CD can tell: the check of its connection waits for it.
        if (error instanceof MayNotRequestError && federated !== undefined) {
            return;
        }
        if (error instanceof GiveUp) {
            throw error;
        }
        if (answer.status === 401 && answer.byArgoCdsWay && federated !== undefined) {
            throw new Error(
                `hubspoke:clusters.${cluster}.credentials: ${connection.server} does not accept the hub's tokens with the ` +
                    `audience ${federated.audience} (401). Let it trust the hub's issuer (docs/federation.md)`,
                { cause: error },
            );
        }
        if (answer.status === 401 && answer.byArgoCdsWay) {
            throw new Error(
                `hubspoke:clusters.${cluster}.server: ${connection.server} does not accept the token that the cluster's own ` +
                    "controller made (401): a proxy that knows only its own tokens can stand there, such as Rancher's or " +
                    "Teleport's. Write `server` with the cluster's own endpoint",
                { cause: error },
            );
        }
        // Only Argo CD can tell: this machine does not reach the server, and the user's way leads to such a proxy.
        if (answer.status !== 401) {
            throw error;
        }
    }
}

/** The annotation has whole seconds, and must not be before the time at which a cache was read. */
function nextSecond(): string {
    return new Date(Math.ceil(Date.now() / 1000) * 1000).toISOString().replace(".000Z", "Z");
}
