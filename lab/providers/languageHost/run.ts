import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { handleUnaryCall, ServerUnaryCall } from "@grpc/grpc-js";
import { RunResponse, type RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { toServiceError } from "../plugin/errors";
import { runnerModule } from "./runner";
import { runtimeOptions } from "./options";

/** Exit code of the SDK's runner if it has already reported everything to the user. */
const bailCode = 32;

/**
 * Runs the program in its own node process, and returns the result. A cancelled call ends the process.
 */
export function runProgram(engine: string): handleUnaryCall<RunRequest, RunResponse> {
    return (call, callback) => {
        void run(engine, call).then(
            (response) => callback(null, response),
            (error: unknown) => callback(toServiceError(error)),
        );
    };
}

/** Programs that run now. */
const programs = new Set<ChildProcess>();

/** Ends the programs that run now: the engine is gone. */
export function stopPrograms(): void {
    for (const program of programs) {
        program.kill("SIGTERM");
    }
}

async function run(engine: string, call: ServerUnaryCall<RunRequest, RunResponse>): Promise<RunResponse> {
    const child = startProgram(engine, call.request);
    programs.add(child);
    call.on("cancelled", () => child.kill("SIGTERM"));
    try {
        return outcome(await ended(child));
    } finally {
        programs.delete(child);
    }
}

function startProgram(engine: string, request: RunRequest): ChildProcess {
    const directory = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
    const options = runtimeOptions(request.getInfo());
    const args = [...options.nodeArguments, runnerModule(directory, "run"), ...programArguments(engine, request)];
    return spawn(process.execPath, args, {
        cwd: directory,
        stdio: ["ignore", "inherit", "inherit"],
        env: {
            ...process.env,
            PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
            PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
            ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
            ...(options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
        },
    });
}

/** Arguments of the runner (`@pulumi/pulumi/cmd/run`): its flags, then the program and its own arguments. */
export function programArguments(engine: string, request: RunRequest): string[] {
    const flags = {
        monitor: request.getMonitorAddress(),
        engine,
        organization: request.getOrganization(),
        project: request.getProject(),
        "root-directory": request.getInfo()?.getRootDirectory() ?? "",
        stack: request.getStack(),
        pwd: request.getPwd(),
        parallel: request.getParallel() > 0 ? String(request.getParallel()) : "",
    };
    const given = Object.entries(flags).filter(([, value]) => value !== "");
    return [
        ...given.flatMap(([flag, value]) => [`--${flag}`, value]),
        ...(request.getDryrun() ? ["--dry-run"] : []),
        request.getInfo()?.getEntryPoint() ?? ".",
        ...request.getArgsList(),
    ];
}

interface Ending {
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
}

async function ended(child: ChildProcess): Promise<Ending> {
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    return { code, signal };
}

function outcome({ code, signal }: Ending): RunResponse {
    if (code === 0) {
        return new RunResponse();
    }
    if (code === bailCode) {
        return new RunResponse().setBail(true);
    }
    return new RunResponse().setError(
        code === null
            ? `Program was ended by signal ${signal ?? "(unknown)"}`
            : `Program exited with non-zero exit code: ${code}`,
    );
}
