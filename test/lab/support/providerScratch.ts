import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Provider } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace, type OutputMap, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { kubectl } from "../../../lab/kubectl";
import { kubeconfigPath, labDir } from "../../../lab/paths";
import { installStandIns } from "../../../lab/providers/install";

/** A Pulumi program on the cluster staging of a running lab; what it returns are the stack's outputs. */
export type Program = (provider: Provider) => Record<string, unknown> | undefined;

/**
 * A stack of its own, with its own backend and plugins, and a namespace on staging: to try the lab's stand-in for
 * the Kubernetes provider against a real API server.
 */
export class Scratch {
    readonly namespace = `provider-${randomBytes(3).toString("hex")}`;
    readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "provider-kubernetes-"));
    readonly #backend = path.join(this.folder, "state");
    #stack: Stack | undefined;

    get stack(): Stack {
        if (this.#stack === undefined) {
            throw new Error("the scratch stack was used before it was opened");
        }
        return this.#stack;
    }

    async open(): Promise<void> {
        const pulumiHome = path.join(this.folder, "home");
        fs.mkdirSync(this.#backend);
        await installStandIns({ pulumiHome, binDir: path.join(this.folder, "bin"), plugins: ["kubernetes"] });
        this.#stack = await LocalWorkspace.createOrSelectStack(
            { stackName: "scratch", projectName: "provider", program: () => Promise.resolve({}) },
            {
                pulumiHome,
                pulumiCommand: await PulumiCommand.get({ root: labDir }),
                projectSettings: {
                    name: "provider",
                    runtime: "nodejs",
                    backend: { url: `file://${this.#backend}` },
                },
                envVars: {
                    PATH: `${path.join(labDir, "bin")}${path.delimiter}${process.env.PATH ?? ""}`,
                    PULUMI_CONFIG_PASSPHRASE: "scratch",
                    PULUMI_SKIP_UPDATE_CHECK: "true",
                },
            },
        );
    }

    async close(): Promise<void> {
        await kubectl("staging", [
            "delete",
            "namespace",
            this.namespace,
            "--ignore-not-found",
            "--wait=false",
        ]);
        fs.rmSync(this.folder, { recursive: true, force: true });
    }

    async up(program: Program): Promise<OutputMap> {
        const { outputs } = await this.stack.up({ program: within(program), color: "never" });
        return outputs;
    }

    /** Operations by their kind, as `{ create: 2, same: 1 }`. */
    async preview(program: Program): Promise<Record<string, number | undefined>> {
        const { changeSummary } = await this.stack.preview({ program: within(program) });
        return changeSummary;
    }

    /**
     * What the CLI printed when an update failed; throws when it does not fail.
     *
     * @param server URL to use in place of the API server's
     */
    async failure(program: Program, server?: string): Promise<string> {
        return await messageOfFailure(this.stack.up({ program: within(program, server), color: "never" }));
    }

    /** The state as it lies on disk. */
    stateFile(): string {
        return fs.readFileSync(
            path.join(this.#backend, ".pulumi", "stacks", "provider", "scratch.json"),
            "utf8",
        );
    }

    /** One field of an object in the namespace, by its JSON path. */
    async field(kind: string, name: string, jsonpath: string): Promise<string> {
        const output = `--output=jsonpath={${jsonpath}}`;
        return await kubectl("staging", ["get", kind, name, `--namespace=${this.namespace}`, output]);
    }
}

/** The message with which something fails; throws when it does not. */
export async function messageOfFailure(attempt: Promise<unknown>): Promise<string> {
    try {
        await attempt;
    } catch (error) {
        return error instanceof Error ? error.message : String(error);
    }
    throw new Error("it went through");
}

function within(program: Program, server?: string): () => Promise<Record<string, unknown>> {
    return () => {
        const given = fs.readFileSync(kubeconfigPath, "utf8");
        const kubeconfig =
            server === undefined ? given : given.replaceAll(/server: .*/g, `server: ${server}`);
        const provider = new Provider("staging", {
            kubeconfig: pulumi.secret(kubeconfig),
            context: "staging",
        });
        return Promise.resolve(program(provider) ?? {});
    };
}
