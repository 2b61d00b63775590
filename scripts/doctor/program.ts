import * as pulumi from "@pulumi/pulumi";

/** A resource that the program would register. */
export interface Planned {
    /** Pulumi's type, such as `kubernetes:core/v1:Secret`. */
    readonly type: string;
    readonly name: string;
    /** Its inputs, without what is not known before an `up`, and without secrets. */
    readonly inputs: unknown;
    /** The cluster of its provider: `hub`, or the setting of a spoke; undefined without a provider of a cluster. */
    readonly cluster: string | undefined;
    /** Whether it exists already, and is only read. */
    readonly read: boolean;
}

/**
 * Runs a part of the program as a preview before the first `up` would, without an engine, a plugin or a cluster.
 *
 * @param stack the stack's full name
 * @returns the resources that it registers
 */
export async function planned(stack: string, program: () => void): Promise<Planned[]> {
    const found: Planned[] = [];
    await beginPreview(stack, ({ type, name, inputs, provider, id }) => {
        const read = id !== undefined && id !== "";
        found.push({ type, name, inputs: plain(inputs), cluster: clusterOf(provider), read });
    });
    program();
    await pulumi.runtime.disconnect();
    return found;
}

async function beginPreview(
    stack: string,
    register: (resource: pulumi.runtime.MockResourceArgs) => void,
): Promise<void> {
    const [organization, project, name] = stack.split("/");
    const mocks: pulumi.runtime.Mocks = {
        newResource: (resource) => {
            register(resource);
            return { id: resource.name, state: resource.inputs as object };
        },
        call: () => ({}),
    };
    await pulumi.runtime.setMocks(mocks, project, name, true, organization);
    // The mocks say that they know hooks, and have nothing to register one with.
    const monitor = pulumi.runtime.getMonitor() as unknown as Record<string, unknown>;
    monitor.registerResourceHook = (_: unknown, done: (error: null) => void) => done(null);
}

/** @param provider URN and ID; the URN has the type of the parent, and a spoke's provider is a child of its Spoke */
function clusterOf(provider = ""): string | undefined {
    const name = /::([^:]+)::[^:]*$/.exec(provider)?.[1];
    return name !== undefined && provider.includes("hubspoke:index:Spoke$") ? `clusters.${name}` : name;
}

function plain(value: unknown): unknown {
    if (typeof value !== "object" || value === null) {
        return value;
    }
    if (Array.isArray(value)) {
        return value.map(plain).filter((item) => item !== undefined);
    }
    if ("__pulumiUnknown" in value || pulumi.runtime.isRpcSecret(value)) {
        return undefined;
    }
    const entries = Object.entries(value).map(([key, inner]) => [key, plain(inner)] as const);
    return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}

/** The result of the program's own checks, or the error with all problems; and their warnings. */
export interface Checked<Facts> {
    readonly facts: Facts | undefined;
    readonly error: unknown;
    readonly warnings: readonly string[];
}

/**
 * Runs the program's own checks as a preview does. Without an engine, `pulumi.log` writes to the console.
 *
 * @param stack the stack's full name
 */
export async function checked<Facts>(stack: string, work: () => Promise<Facts>): Promise<Checked<Facts>> {
    const warnings: string[] = [];
    const { warn, log } = console;
    await beginPreview(stack, () => undefined);
    console.warn = (line: string) => void warnings.push(line.replace(/^warning: \[runtime\] /, ""));
    console.log = () => undefined;
    try {
        return { facts: await work(), error: undefined, warnings };
    } catch (error) {
        return { facts: undefined, error, warnings };
    } finally {
        Object.assign(console, { warn, log });
    }
}
