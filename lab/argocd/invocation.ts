import type { V1Container, V1EnvVar, V1EnvVarSource } from "@kubernetes/client-node";

type Entries = Readonly<Record<string, string>>;

/** The sources of a pod's environment. */
export interface PodSources {
    readonly namespace: string;
    readonly podName: string;
    /** Entries of a ConfigMap in the pod's namespace; undefined when it does not exist. */
    readonly configMap: (name: string) => Promise<Entries | undefined>;
    /** Decoded entries of a Secret in the pod's namespace; undefined when it does not exist. */
    readonly secret: (name: string) => Promise<Entries | undefined>;
}

/** The command line of a container's process. */
export interface Invocation {
    /** Arguments without the program itself. */
    readonly args: string[];
    readonly env: Record<string, string>;
}

/**
 * A container's arguments and environment as the kubelet would resolve them: `envFrom`, then `env` in its
 * order, with `$(NAME)` expanded (kubernetes.io/docs, "Define Dependent Environment Variables"). What only a
 * running pod has (its addresses, its resources) is left out. A required ConfigMap, Secret or key that does
 * not exist is an error, as it keeps a real container from starting.
 */
export async function resolveInvocation(container: V1Container, sources: PodSources): Promise<Invocation> {
    const env: Record<string, string> = {};
    for (const { prefix = "", configMapRef, secretRef } of container.envFrom ?? []) {
        const reference = configMapRef ?? secretRef;
        const name = reference?.name ?? "";
        const kind = configMapRef ? "ConfigMap" : "Secret";
        const entries = await (configMapRef ? sources.configMap(name) : sources.secret(name));
        if (!entries && !reference?.optional) {
            throw missing(container, `${kind} ${name}`, sources);
        }
        for (const [key, value] of Object.entries(entries ?? {})) {
            env[prefix + key] = value;
        }
    }
    for (const variable of container.env ?? []) {
        const value = await resolveVariable(variable, env, container, sources);
        if (value !== undefined) {
            env[variable.name] = value;
        }
    }
    const [, ...args] = [...(container.command ?? []), ...(container.args ?? [])];
    return { args: args.map((argument) => expand(argument, env)), env };
}

async function resolveVariable(
    variable: V1EnvVar,
    env: Entries,
    container: V1Container,
    sources: PodSources,
): Promise<string | undefined> {
    const { valueFrom } = variable;
    if (!valueFrom) {
        return expand(variable.value ?? "", env);
    }
    if (valueFrom.fieldRef) {
        return fromField(valueFrom.fieldRef.fieldPath, sources);
    }
    const reference = valueFrom.configMapKeyRef ?? valueFrom.secretKeyRef;
    if (!reference) {
        return undefined;
    }
    const value = (await entriesOf(valueFrom, sources))?.[reference.key];
    if (value === undefined && !reference.optional) {
        const kind = valueFrom.configMapKeyRef ? "ConfigMap" : "Secret";
        throw missing(container, `key ${reference.key} of ${kind} ${reference.name}`, sources);
    }
    return value;
}

function entriesOf(source: V1EnvVarSource, sources: PodSources): Promise<Entries | undefined> {
    return source.configMapKeyRef
        ? sources.configMap(source.configMapKeyRef.name ?? "")
        : sources.secret(source.secretKeyRef?.name ?? "");
}

function fromField(fieldPath: string, { namespace, podName }: PodSources): string | undefined {
    switch (fieldPath) {
        case "metadata.namespace":
            return namespace;
        case "metadata.name":
            return podName;
        default:
            return undefined;
    }
}

/** `$(NAME)` becomes the variable's value if there is one; `$$` means a plain `$`. */
function expand(text: string, env: Entries): string {
    return text.replace(/\$\$|\$\(([^)]+)\)/g, (match, name?: string) =>
        name === undefined ? "$" : (env[name] ?? match),
    );
}

function missing(container: V1Container, what: string, { namespace }: PodSources): Error {
    return new Error(
        `Argo CD's container ${container.name} needs ${what}, which does not exist in the hub's namespace ` +
            `${namespace}: run \`pulumi up -s hub\` to its end`,
    );
}
