import { type ArgoCdConnection, certificateProblem } from "../clusters/argoCdConnection";
import { type ClusterAddress, findCluster } from "../clusters/kubeconfig";
import { CertificateError, get } from "../clusters/request";
import { secretPath } from "../clusters/secretPath";
import { tryToken } from "../clusters/tokenTrial";
import { GiveUp, waitFor } from "../clusters/wait";
import type { ClusterConnection } from "../settings/connection";
import { type DynamicProvider, idOf } from "./provider";

/** Limit for a new token to be made and accepted, in milliseconds; an API server caches refusals. */
const limitMs = 60_000;

/** What is to be proven: names only. The token itself is read from the spoke when it is needed. */
export interface AccessInputs {
    readonly spoke: ClusterConnection;
    readonly cluster: string;
    /** How Argo CD will connect. */
    readonly connection: ArgoCdConnection;
    /** Whether this machine cannot reach the server in that way. */
    readonly hubOnly?: true;
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
 * Proves, when a token or the connection is new or the account's rights have changed, that the token is accepted by the
 * server, the CA and the proxy that the cluster Secret names, and may read what Argo CD reads first. The time becomes
 * the annotation after which Argo CD reads that cluster again.
 */
export const access: DynamicProvider<AccessInputs, AccessState> = {
    create: async (inputs) => ({ id: idOf(inputs.cluster), outs: await prove(inputs) }),
    update: async (_, __, inputs) => ({ outs: await prove(inputs) }),
};

async function prove(inputs: AccessInputs): Promise<AccessState> {
    if (inputs.token !== undefined) {
        await proveToken(await findCluster(`clusters.${inputs.cluster}`, inputs.spoke), inputs.token, inputs);
    }
    return { ...inputs, provenAt: nextSecond() };
}

async function proveToken(
    user: ClusterAddress,
    { namespace, secret }: NonNullable<AccessInputs["token"]>,
    { cluster, connection, hubOnly, target }: AccessInputs,
): Promise<void> {
    let answer = { status: 0, byArgoCdsWay: true };
    try {
        await waitFor(`cluster ${cluster} to accept its new token`, async () => {
            const { data } = await get<{ data?: Record<string, string> }>(user, secretPath(namespace, secret));
            if (data?.token === undefined) {
                return { seen: `Secret ${secret} without a token` };
            }
            const byArgoCdsWay = hubOnly ? undefined : connection;
            answer = await tryToken(user, byArgoCdsWay, data.token, target).catch((error: unknown) => {
                throw error instanceof CertificateError
                    ? new GiveUp(certificateProblem({ ...user, server: connection.server }, error, user))
                    : error;
            });
            return answer.status === 200 ? { done: undefined } : { seen: `answer ${answer.status}` };
        }, { timeoutMs: limitMs });
    } catch (error) {
        if (error instanceof GiveUp) {
            throw error;
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
