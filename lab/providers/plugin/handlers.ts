import type { handleUnaryCall } from "@grpc/grpc-js";
import { toServiceError } from "./errors";

/** Calls that are not answered yet. */
const underWay = new Set<Promise<void>>();

/** A gRPC method from a function: what it returns is the answer, what it throws is the error. */
export function unary<Request, Response>(
    handle: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
    return (call, callback) => {
        const answered = (async () => handle(call.request))()
            .then(
                (response) => callback(null, response),
                (error: unknown) => callback(toServiceError(error)),
            )
            .finally(() => underWay.delete(answered));
        underWay.add(answered);
    };
}

/** Resolves when every call that is under way is answered. */
export async function allAnswered(): Promise<void> {
    await Promise.allSettled(underWay);
}
