import * as pulumi from "@pulumi/pulumi";

/** A resource as a component registered it. */
export interface Recorded {
    readonly type: string;
    readonly name: string;
    readonly inputs: Record<string, unknown>;
    /** Name of the provider that it goes to; nothing for a component or a default provider. */
    readonly provider: string | undefined;
    /** Id of what is imported; nothing for what is made. */
    readonly importId: string | undefined;
}

let recorded: Recorded[] = [];

/** State that mocked providers return beside the inputs, by type. */
const states: Record<string, (inputs: Record<string, unknown>, name: string) => Record<string, unknown>> = {
    "kubernetes:helm.sh/v3:Release": (inputs) => ({ status: { namespace: inputs.namespace, status: "deployed" } }),
    "random:index/randomPassword:RandomPassword": (_, name) => ({
        result: pulumi.secret(`password of ${name}`),
        bcryptHash: pulumi.secret(`hash of ${name}`),
    }),
    "random:index/randomString:RandomString": () => ({ result: "abc123" }),
    "kubernetes:core/v1:Secret": (inputs, name) =>
        inputs.type === "kubernetes.io/service-account-token"
            ? { ...aged(inputs), data: { token: encode(`mock-token of ${name}`), "ca.crt": encode("mock-ca") } }
            : aged(inputs),
    "kubernetes:external-secrets.io/v1:SecretStore": identified,
    "kubernetes:core/v1:ServiceAccount": identified,
    "kubernetes:rbac.authorization.k8s.io/v1:Role": aged,
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": aged,
    // Read, not made: what every cluster publishes.
    "kubernetes:core/v1:ConfigMap": () => ({ data: { "ca.crt": "published-ca" } }),
    "pulumi-nodejs:dynamic/hubspoke:boundToken": (_, name) => ({
        token: pulumi.secret(`mock-token of ${name}`),
        created: "2026-01-02T00:00:00Z",
        expires: "2026-01-09T00:00:00Z",
    }),
    "pulumi-nodejs:dynamic/hubspoke:access": () => ({ provenAt: "2026-01-01T00:00:00Z" }),
};

const known = [
    "hubspoke:index:",
    "pulumi:providers:kubernetes",
    "kubernetes:",
    "kubernetes-cert-manager:index:CertManager",
    "random:index/random",
    "pulumi-nodejs:dynamic/hubspoke:",
    "pulumi:pulumi:StackReference",
];

/** Metadata as an API server fills it in. */
function aged({ metadata }: Record<string, unknown>) {
    return { metadata: { ...(metadata as object), creationTimestamp: "2026-01-02T00:00:00Z" } };
}

/** Metadata with the UID that an API server gives. */
function identified({ metadata }: Record<string, unknown>, name: string) {
    return { metadata: { ...(metadata as object), uid: `uid of ${name}` } };
}

/**
 * Starts a test with nothing recorded.
 *
 * @param preview whether resources are only planned: they have no ID then, and what a dry run shows of their state
 */
export async function mockPulumi({ preview = false } = {}): Promise<void> {
    recorded = [];
    await pulumi.runtime.setMocks(
        {
            newResource: ({ type, name, inputs, provider, id }) => {
                if (!known.some((prefix) => type.startsWith(prefix))) {
                    throw new Error(`unexpected resource ${name} of type ${type}`);
                }
                const plain = inputs as Record<string, unknown>;
                const [, providerName] = provider?.match(/::([^:]+)::[^:]*$/) ?? [];
                // The engine's protocol has an empty text for none.
                recorded.push({ type, name, inputs: plain, provider: providerName, importId: id === "" ? undefined : id });
                return { id: preview ? "" : `${name}-id`, state: { ...plain, ...states[type]?.(plain, name) } };
            },
            call: ({ token }) => {
                throw new Error(`unexpected call of ${token}`);
            },
        },
        "hubspoke",
        "test",
        preview,
    );
    // The mocks say that they know hooks, and have nothing to register one with.
    const monitor = pulumi.runtime.getMonitor() as unknown as Record<string, unknown>;
    monitor.registerResourceHook = (_: unknown, done: (error: null) => void) => done(null);
}

/** All resources of a type. */
export function all(type: string): Recorded[] {
    return recorded.filter((resource) => resource.type === type);
}

/** Everything that was registered. */
export function everything(): readonly Recorded[] {
    return recorded;
}

/** The one resource of a type and name. */
export function one(type: string, name: string): Recorded {
    const found = all(type).filter((resource) => resource.name === name);
    if (found.length !== 1 || found[0] === undefined) {
        const names = all(type).map((resource) => resource.name);
        throw new Error(`${found.length} resources ${type} named ${name}; there are: ${names.join(", ")}`);
    }
    return found[0];
}

/** Waits for an Output; rejects when it fails or is never known. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
    return (output as unknown as { promise(withUnknowns?: boolean): Promise<T> }).promise();
}

/** Waits until all that the program registered is recorded. */
export async function settled(): Promise<void> {
    await pulumi.runtime.disconnect();
}

/** Asserts that an input is marked as a secret, and returns what is inside. */
export function unwrapSecret(value: unknown): unknown {
    if (typeof value !== "object" || value === null || !pulumi.runtime.isRpcSecret(value)) {
        throw new Error("the value is not marked as a secret");
    }
    return pulumi.runtime.unwrapRpcSecret(value);
}

export function encode(value: string): string {
    return Buffer.from(value, "utf8").toString("base64");
}
