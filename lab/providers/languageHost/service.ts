import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import * as pb from "@pulumi/pulumi/proto/language_pb";
import { PackageDependency, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { unary } from "../plugin/handlers";
import { directDependencies, requiredPlugins } from "./packages";
import { runProgram } from "./run";
import { runPlugin } from "./runPlugin";

/**
 * The engine's `LanguageRuntime` service for Node.js: which `up`, `preview`, `refresh`, `destroy` and `about`
 * call, and what starts a policy pack. Methods that are left out (code generation, `pulumi install`) answer
 * "unimplemented".
 */
export function languageRuntime(engine: string): UntypedServiceImplementation {
    return {
        // The official host also omits its version: it is bundled with the CLI.
        getPluginInfo: unary(() => new PluginInfo()),
        getRequiredPackages: unary((request: pb.GetRequiredPackagesRequest) =>
            new pb.GetRequiredPackagesResponse().setPackagesList(
                requiredPlugins(programDirectory(request)).map(({ name, version, server }) =>
                    new PackageDependency()
                        .setKind("resource")
                        .setName(name)
                        .setVersion(version)
                        .setServer(server),
                ),
            ),
        ),
        run: runProgram(engine),
        runPlugin,
        about: unary(() =>
            new pb.AboutResponse()
                .setExecutable(process.execPath)
                .setVersion(process.version.replace(/^v/, "")),
        ),
        getProgramDependencies: unary((request: pb.GetProgramDependenciesRequest) =>
            new pb.GetProgramDependenciesResponse().setDependenciesList(
                directDependencies(programDirectory(request)).map(({ name, version }) =>
                    new pb.DependencyInfo().setName(name).setVersion(version),
                ),
            ),
        ),
    };
}

function programDirectory(request: { getInfo(): pb.ProgramInfo | undefined }): string {
    return request.getInfo()?.getProgramDirectory() ?? process.cwd();
}
