import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { engineLog, type Log } from "./host";
import type { ResourceProvider } from "./provider";
import { engineAddress, servePlugin } from "./serve";
import { resourceProviderService } from "./service";

/** Serves a resource provider until the engine ends it. `make` gets a function to send messages. */
export function serveProvider(make: (log: Log) => ResourceProvider, version: string): void {
    const provider = make(engineLog(engineAddress()));
    servePlugin(
        (server) => server.addService(ResourceProviderService, resourceProviderService(provider, version)),
        () => provider.cancel?.(),
    );
}
