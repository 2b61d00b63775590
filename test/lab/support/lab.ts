import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { kubectl } from "../../../lab/kubectl";
import { labName, projectRoot } from "../../../lab/paths";
import { run } from "../../../lab/processes/run";
import { projectDir, pulumiEnvironment } from "../../../lab/stacks/environment";
import type { StackName } from "../../../lab/stacks/project";
import type { ClusterName } from "../../../lab/clusters";
import { noteSecret } from "./secrets";

if (labName === "default") {
    throw new Error("the lab tests bring a lab up and down: run them by `npm run test:lab`, in a lab of their own");
}

/** Everything that a command of this project printed in these tests; searched for secrets at the end. */
export const transcript: string[] = [];

export interface Outcome {
    readonly ok: boolean;
    readonly output: string;
}

/** Runs one of the project's npm scripts, as a user does. */
export async function npmRun(script: string, env: Record<string, string> = {}, ...args: string[]): Promise<Outcome> {
    const all = ["run", "--silent", script, ...(args.length > 0 ? ["--", ...args] : [])];
    return remember(await run("npm", all, { cwd: projectRoot, env, timeoutMs: 14 * 60_000 }));
}

/** Runs a plain `pulumi` on one stack of the lab, with what `npm run lab:env` exports. */
export async function pulumi(stack: StackName, ...args: string[]): Promise<Outcome> {
    return pulumiWith({}, stack, ...args);
}

/** Runs `pulumi` as {@link pulumi}, with other variables in its environment, such as another KUBECONFIG. */
export async function pulumiWith(env: Record<string, string>, stack: StackName, ...args: string[]): Promise<Outcome> {
    const all = [...args, "--stack", stack, "--non-interactive", "--color", "never"];
    const options = { cwd: projectRoot, env: { ...pulumiEnvironment(), ...env }, timeoutMs: 10 * 60_000 };
    return remember(await run("pulumi", all, options));
}

/** Runs `pulumi` and fails with its output where it fails. */
export async function pulumiOk(stack: StackName, ...args: string[]): Promise<string> {
    const { ok, output } = await pulumi(stack, ...args);
    if (!ok) {
        throw new Error(`pulumi ${args.join(" ")} of ${stack} failed:\n${output}`);
    }
    return output;
}

/** Destroys a protected environment as a person does: lift, `up`, destroy; the stack file is as before then. */
export async function destroyProtected(stack: StackName): Promise<void> {
    await withConfig(stack, (config) => ({ ...config, "hubspoke:protect": false }), async () => {
        await pulumiOk(stack, "up", "--yes", "--skip-preview");
        await pulumiOk(stack, "destroy", "--yes", "--skip-preview");
    });
}

function remember({ ok, output }: Outcome): Outcome {
    transcript.push(output);
    return { ok, output };
}

/** A stack's configuration in the lab. */
export type Config = Record<string, unknown>;

/**
 * Runs `work` with a changed stack file, and puts the file back afterwards.
 *
 * @param change gets the configuration and returns the new one
 */
export async function withConfig<T>(stack: StackName, change: (config: Config) => Config, work: () => Promise<T>) {
    const file = path.join(projectDir, `Pulumi.${stack}.yaml`);
    const before = fs.readFileSync(file, "utf8");
    const { config, ...rest } = parse(before) as { config: Config };
    fs.writeFileSync(file, stringify({ ...rest, config: change(config) }));
    try {
        return await work();
    } finally {
        fs.writeFileSync(file, before);
    }
}

/** Runs `pulumi` with a changed copy of the stack file, beside which the file itself stays as it is. */
export async function pulumiWithConfig(
    change: (config: Config) => Config,
    stack: StackName,
    ...args: string[]
): Promise<Outcome> {
    const { config, ...rest } = parse(fs.readFileSync(path.join(projectDir, `Pulumi.${stack}.yaml`), "utf8")) as {
        config: Config;
    };
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lab-config-"));
    const file = path.join(folder, `Pulumi.${stack}.yaml`);
    try {
        fs.writeFileSync(file, stringify({ ...rest, config: change(config) }), { mode: 0o600 });
        return await pulumi(stack, ...args, "--config-file", file);
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

/** A configuration with other labels on the stack's only cluster. */
export function labelled(cluster: string, labels: Record<string, string>): (config: Config) => Config {
    return changedCluster(cluster, (settings) => ({
        ...settings,
        labels: { ...(settings.labels as Record<string, string>), ...labels },
    }));
}

/** A configuration with one cluster's settings changed. */
export function changedCluster(cluster: string, change: (settings: Config) => Config): (config: Config) => Config {
    return (config) => {
        const clusters = config["hubspoke:clusters"] as Record<string, Config>;
        return { ...config, "hubspoke:clusters": { ...clusters, [cluster]: change(clusters[cluster] ?? {}) } };
    };
}

/** An object of a cluster. */
export interface KubeObject {
    readonly metadata: {
        readonly name: string;
        readonly uid: string;
        readonly resourceVersion: string;
        readonly generation?: number;
        readonly labels?: Record<string, string>;
        readonly annotations?: Record<string, string>;
    };
    readonly data?: Record<string, string>;
    readonly spec?: { readonly replicas?: number };
    readonly status?: { readonly readyReplicas?: number };
}

/** Reads one object. */
export async function getObject(cluster: ClusterName, namespace: string, kind: string, name: string) {
    const json = await kubectl(cluster, ["get", kind, name, "--namespace", namespace, "--output=json"]);
    return JSON.parse(json) as KubeObject;
}

/** Names of the objects of a kind in a namespace. */
export async function namesOf(cluster: ClusterName, namespace: string, kind: string): Promise<string[]> {
    const json = await kubectl(cluster, ["get", kind, "--namespace", namespace, "--output=json"]);
    return (JSON.parse(json) as { items: KubeObject[] }).items.map(({ metadata }) => metadata.name);
}

/** The cluster Secret on the hub, decoded. */
export async function clusterSecret(cluster: string) {
    const { data = {} } = await getObject("hub", "argocd", "secret", `cluster-${cluster}`);
    const text = (key: string) => Buffer.from(data[key] ?? "", "base64").toString("utf8");
    const config = JSON.parse(text("config")) as { bearerToken: string; tlsClientConfig: { caData: string } };
    noteSecret(`the token of ${cluster}`, config.bearerToken);
    return { server: text("server"), config };
}
