import { messageOf } from "../../plugin/errors";

/** An answer of the API server other than success, as its `Status` object says. */
export class ApiError extends Error {
    constructor(
        /** HTTP status. */
        readonly statusCode: number,
        /** Machine-readable reason, as `AlreadyExists`; empty when the server gave none. */
        readonly reason: string,
        message: string,
        /** What the error is about, when the server says so. */
        readonly details: { readonly kind?: string; readonly name?: string } = {},
    ) {
        super(message);
        this.name = "ApiError";
    }

    /** Reads the body of an answer, which need not be a `Status` (a proxy may have written it). */
    static from(statusCode: number, body: string): ApiError {
        const status = parseStatus(body);
        const message =
            status.message ?? `the server answered with status ${statusCode}: ${body.slice(0, 500)}`;
        return new ApiError(statusCode, status.reason ?? "", message, status.details);
    }
}

/** The API server could not be reached; the text is that of Go's net/http, which the official provider uses. */
export class UnreachableError extends Error {
    constructor(method: string, url: string, cause: unknown) {
        const refused = cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
        const why = refused ? `dial tcp ${new URL(url).host}: connect: connection refused` : messageOf(cause);
        super(`${method.charAt(0)}${method.slice(1).toLowerCase()} "${url}": ${why}`);
        this.name = "UnreachableError";
    }
}

/** The API server does not know the kind: usually its CustomResourceDefinition does not exist (yet). */
export class NoMatchError extends Error {
    constructor(apiVersion: string, kind: string) {
        super(`no matches for kind "${kind}" in version "${apiVersion}"`);
        this.name = "NoMatchError";
    }
}

export function isNotFound(error: unknown): boolean {
    return error instanceof ApiError && error.statusCode === 404;
}

export function isForbidden(error: unknown): boolean {
    return error instanceof ApiError && error.statusCode === 403;
}

export function isAlreadyExists(error: unknown): boolean {
    return error instanceof ApiError && error.reason === "AlreadyExists";
}

/** Another field manager owns a field that an apply wants to change, or the object changed meanwhile. */
export function isConflict(error: unknown): boolean {
    return error instanceof ApiError && error.reason === "Conflict";
}

/** The namespace of the object is what was not found. */
export function isNamespaceNotFound(error: unknown): boolean {
    return isNotFound(error) && error instanceof ApiError && error.details.kind === "namespaces";
}

interface StatusBody {
    readonly message?: string;
    readonly reason?: string;
    readonly details?: { kind?: string; name?: string };
}

function parseStatus(body: string): StatusBody {
    try {
        const parsed: unknown = JSON.parse(body);
        return typeof parsed === "object" && parsed !== null ? parsed : {};
    } catch {
        return {};
    }
}
