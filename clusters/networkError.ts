/** Node's error codes for a failed connection to a server. */
const networkFailures = ["ECONNREFUSED", "ETIMEDOUT", "EHOSTUNREACH", "ENOTFOUND"];

/** Whether a connection failed because of the network. */
export function isNetworkFailure({ code = "" }: NodeJS.ErrnoException): boolean {
    return networkFailures.includes(code);
}

/**
 * The error of a connection with a message. Where a name has several addresses and none can be connected to, Node gives
 * an error without a message that has one for each address, and the code of the first (node, lib/net.js,
 * `internalConnectMultiple`): this has the messages of all, and the code of the first failure of the network. A SOCKS
 * agent leaves nothing of such an error.
 */
export function oneError(error: NodeJS.ErrnoException): NodeJS.ErrnoException {
    if (error.message !== "") {
        return error;
    }
    const errors = error instanceof AggregateError ? (error.errors as NodeJS.ErrnoException[]) : [];
    const messages = [...new Set(errors.map(({ message }) => message))];
    const { code } = errors.find(isNetworkFailure) ?? error;
    const why = messages.length === 0 ? "no connection" : messages.join(", ");
    return Object.assign(new Error(why, { cause: error }), { code });
}

/** Why a `fetch` had no answer: its own message is always "fetch failed". */
export function whyFetchFailed({ cause, message }: Error): string {
    return cause instanceof Error ? oneError(cause).message : message;
}
