import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { engineAddress, servePlugin } from "../plugin/serve";
import { stopPrograms } from "./run";
import { stopPlugins } from "./runPlugin";
import { languageRuntime } from "./service";

const engine = engineAddress();
servePlugin((server) => server.addService(LanguageRuntimeService, languageRuntime(engine)), () => {
    stopPrograms();
    stopPlugins();
});
