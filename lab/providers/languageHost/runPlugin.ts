import { type ChildProcess, spawn } from "node:child_process";
import type { handleServerStreamingCall, ServerWritableStream } from "@grpc/grpc-js";
import { type RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb";
import { toServiceError } from "../plugin/errors";
import { runnerModule } from "./runner";

/** What the engine calls a policy pack. */
const policyPack = "analyzer";

/** Plugins that run now. */
const plugins = new Set<ChildProcess>();

/** Ends the plugins that run now: the engine is gone. */
export function stopPlugins(): void {
    for (const plugin of plugins) {
        plugin.kill("SIGTERM");
    }
}

/**
 * Runs a policy pack in its own node process, and forwards its output: the engine reads the port from that.
 * A cancelled call ends the process. Plugins of other kinds are executables, and do not use this.
 *
 * Like the official host (sdk/nodejs/cmd/pulumi-language-nodejs, RunPlugin), it starts the pack in the pack's folder
 * and gives node no arguments. Unlike that host, it does not pass the stack's configuration.
 */
export const runPlugin: handleServerStreamingCall<RunPluginRequest, RunPluginResponse> = (call) => {
    try {
        follow(start(call.request), call);
    } catch (error) {
        call.emit("error", toServiceError(error));
    }
};

function start(request: RunPluginRequest): ChildProcess {
    if (request.getKind() !== policyPack) {
        throw new Error(`The lab's language host runs policy packs, but no plugins of kind "${request.getKind()}".`);
    }
    const directory = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
    return spawn(process.execPath, [runnerModule(directory, "run-policy-pack"), ...request.getArgsList(), directory], {
        cwd: directory,
        stdio: ["ignore", "pipe", "pipe"],
        env: environment(request.getEnvList()),
    });
}

/** The engine sends NAME=VALUE. */
export function environment(entries: readonly string[]): Record<string, string> {
    return Object.fromEntries(
        entries.map((entry) => {
            const split = entry.indexOf("=");
            return [entry.slice(0, split), entry.slice(split + 1)];
        }),
    );
}

function follow(plugin: ChildProcess, call: ServerWritableStream<RunPluginRequest, RunPluginResponse>): void {
    plugins.add(plugin);
    plugin.stdout?.on("data", (data: Buffer) => call.write(new RunPluginResponse().setStdout(data)));
    plugin.stderr?.on("data", (data: Buffer) => call.write(new RunPluginResponse().setStderr(data)));
    call.on("cancelled", () => plugin.kill("SIGTERM"));
    plugin.on("close", (code) => {
        plugins.delete(plugin);
        call.write(new RunPluginResponse().setExitcode(code ?? 1));
        call.end();
    });
}
