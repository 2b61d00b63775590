import * as fs from "node:fs";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { allAnswered } from "./handlers";

/** Stacks with large charts send large messages; the engine's own limit is 400 MiB. */
const maxMessageBytes = 400 * 1024 * 1024;

/** Limit for a plugin to end after the engine asks for it, in milliseconds. The engine kills it after 5 s. */
const shutdownMilliseconds = 3000;

/** Address of the engine: the last argument that is not a flag (`buildPluginArguments` in the engine). */
export function engineAddress(args: readonly string[] = process.argv.slice(2)): string {
    const address = args.filter((argument) => !argument.startsWith("-")).at(-1);
    if (address === undefined) {
        throw new Error(
            "This is a Pulumi plugin; the Pulumi CLI starts it, with the engine's address as argument.",
        );
    }
    return address;
}

/**
 * Serves a plugin on a free port of the loopback interface, and prints the port, which is what the engine
 * reads. It ends when the engine interrupts it or ends (then standard input closes).
 */
export function servePlugin(
    addServices: (server: Server) => void,
    onStop: () => void = () => undefined,
): void {
    const server = new Server({
        "grpc.max_receive_message_length": maxMessageBytes,
        "grpc.max_send_message_length": maxMessageBytes,
    });
    addServices(server);
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
        if (error !== null) {
            process.stderr.write(`The plugin could not open a port on 127.0.0.1: ${error.message}\n`);
            process.exit(1);
        }
        process.stdout.write(`${port}\n`);
    });
    stopWithEngine(onStop);
}

function stopWithEngine(onStop: () => void): void {
    let stopping = false;
    const stop = (): void => {
        if (stopping) {
            return;
        }
        stopping = true;
        onStop();
        setTimeout(() => process.exit(0), shutdownMilliseconds);
        void allAnswered().then(() => process.exit(0));
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    const input = fs.fstatSync(0);
    if (input.isFIFO() || input.isSocket()) {
        process.stdin.on("end", stop).resume();
    }
}
