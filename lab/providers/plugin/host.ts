import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Messages to the user, through the engine. */
export interface Log {
    info(urn: string, message: string): void;
    warn(urn: string, message: string): void;
    /** The short status line of the resource during an operation; the next one replaces it. */
    status(urn: string, message: string): void;
}

/** Sends messages to the engine at `address` ("host:port"). A message that cannot be sent is dropped. */
export function engineLog(address: string): Log {
    const client = new EngineClient(address, credentials.createInsecure());
    const send = (severity: LogSeverity, urn: string, message: string, ephemeral: boolean): void => {
        const request = new LogRequest();
        request.setSeverity(severity);
        request.setUrn(urn);
        request.setMessage(message);
        request.setEphemeral(ephemeral);
        client.log(request, () => undefined);
    };
    return {
        info: (urn, message) => send(LogSeverity.INFO, urn, message, false),
        warn: (urn, message) => send(LogSeverity.WARNING, urn, message, false),
        status: (urn, message) => send(LogSeverity.INFO, urn, message, true),
    };
}
