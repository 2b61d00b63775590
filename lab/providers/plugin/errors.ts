import { Metadata, status, type ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { toStruct } from "./marshal";
import type { PropertyMap } from "./values";

/**
 * The resource exists, but did not become ready. The engine keeps it in state with the reasons and tries
 * again with an update in the next run.
 */
export class InitFailedError extends Error {
    constructor(
        message: string,
        readonly id: string,
        readonly properties: PropertyMap,
        readonly reasons: readonly string[],
        /** Only for a read: the inputs that match the state. */
        readonly inputs?: PropertyMap,
    ) {
        super(message);
        this.name = "InitFailedError";
    }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

/** The error in gRPC's form, with the engine's details for an incomplete resource. */
export function toServiceError(error: unknown): Partial<ServiceError> {
    const details = messageOf(error);
    if (!(error instanceof InitFailedError)) {
        return { code: status.UNKNOWN, details };
    }
    const failure = new ErrorResourceInitFailed();
    failure.setId(error.id);
    failure.setProperties(toStruct(error.properties));
    failure.setReasonsList([...error.reasons]);
    if (error.inputs !== undefined) {
        failure.setInputs(toStruct(error.inputs));
    }
    const packed = new Any();
    packed.pack(failure.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const full = new Status();
    full.setCode(status.UNKNOWN);
    full.setMessage(details);
    full.addDetails(packed);
    const metadata = new Metadata();
    metadata.add("grpc-status-details-bin", Buffer.from(full.serializeBinary()));
    return { code: status.UNKNOWN, details, metadata };
}
