import { InputError } from "../../settings/inputError";
import { ask, pulumi } from "./pulumi";

/** A resource in a stack's state. */
export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    /** Whether a provider manages it; a component is not. */
    readonly custom?: boolean;
    readonly parent?: string | undefined;
    /** URN and id of the provider. */
    readonly provider?: string | undefined;
    readonly dependencies?: readonly string[];
    readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
    readonly deletedWith?: string;
    /** Whether the engine refuses to delete it. */
    readonly protect?: boolean;
    /** Whether another resource with the same URN replaced it, and it must be deleted. */
    readonly delete?: boolean;
    /** Whether it is already deleted, and must be created again. */
    readonly pendingReplacement?: boolean;
    /** When a run last changed it, as RFC 3339. */
    readonly modified?: string;
    readonly inputs?: Record<string, unknown>;
    readonly outputs?: Record<string, unknown>;
}

/** An operation that a run began and did not complete. */
export interface PendingOperation {
    readonly type: "creating" | "updating" | "deleting" | "reading" | "importing";
    readonly resource: StateResource;
}

export interface State {
    readonly version: number;
    readonly deployment: {
        /** `time`: of the last change, as RFC 3339. */
        readonly manifest?: { readonly time?: string };
        /** How secrets are encrypted. */
        readonly secrets_providers?: { readonly type?: string; readonly state?: unknown };
        readonly resources?: readonly StateResource[];
        readonly pending_operations?: readonly PendingOperation[];
    };
}

/** Reads a stack's state; its secrets remain encrypted. */
export async function readState(stack: string): Promise<State> {
    return (await ask(stack, ["stack", "export"])) as State;
}

/** Reads a stack's state with its secrets in plain text, for another stack with another key. Never print it. */
export async function readPlainState(stack: string): Promise<State> {
    return (await ask(stack, ["stack", "export", "--show-secrets"])) as State;
}

/**
 * Replaces a stack's state. Secrets in plain text become encrypted with the stack's key.
 *
 * @param basedOn the state from which the new one was made
 * @throws InputError if the stack has another state by now: `pulumi stack import` would replace that
 */
export async function writeState(stack: string, state: State, basedOn: State): Promise<void> {
    if (withoutSecrets(await readState(stack)) !== withoutSecrets(basedOn)) {
        throw new InputError(
            `${stack}: another run has changed the state meanwhile, so it was not written. Wait until that run ends, and ` +
                "run this command again",
        );
    }
    await pulumi(stack, ["stack", "import"], {}, { input: JSON.stringify(state) });
}

/** What a run changes in a state, as text; each secret is the same there, encrypted or in plain text. */
function withoutSecrets({ deployment: { resources = [], pending_operations: pending = [] } }: State): string {
    return JSON.stringify([resources, pending], (_, value: unknown) => (isSecret(value) ? "secret" : value));
}

/** Whether a value in a state is a secret, encrypted or in plain text. */
export function isSecret(value: unknown): boolean {
    return typeof value === "object" && value !== null && secretSignature.key in value;
}

/** Key and value that mark a secret in a state (pulumi, sdk/go/common/resource/sig). */
export const secretSignature = {
    key: "4dabf18193072939515e22adb298388d",
    value: "1b47061264138c4ac30d75fd1eb44270",
};

/** A state without some resources, their children, and the pending operations on them. */
export function withoutSubtrees(state: State, roots: (resource: StateResource) => boolean): State {
    const gone = new Set<string>();
    const resources = (state.deployment.resources ?? []).filter((resource) => {
        const goes = roots(resource) || (resource.parent !== undefined && gone.has(resource.parent));
        if (goes) {
            gone.add(resource.urn);
        }
        return !goes;
    });
    const pending = (state.deployment.pending_operations ?? []).filter(
        ({ resource }) => !gone.has(resource.urn) && !(resource.parent !== undefined && gone.has(resource.parent)),
    );
    return { ...state, deployment: { ...state.deployment, resources, pending_operations: pending } };
}

/**
 * A state without pending operations. It contains each resource that a pending operation created, with its id, like
 * after the end of the operation: in place of the resource that it replaces, or beside it if that one must still be
 * deleted.
 *
 * `pulumi refresh --import-pending-creates` has the same purpose, but loses the resource: it changes the operation to
 * an import, and the next write of the state drops that (pulumi 3.259, operations/refresh.go and backend/snapshot.go).
 *
 * @param made id of each resource that a pending operation created, by its URN
 */
export function settled(state: State, made: ReadonlyMap<string, string>): State {
    const before = (state.deployment.resources ?? [])
        .filter(({ urn, pendingReplacement }) => !(made.has(urn) && pendingReplacement))
        .map((resource) => (made.has(resource.urn) ? { ...resource, delete: true } : resource));
    const adopted = new Map<string, StateResource>();
    for (const { type, resource } of state.deployment.pending_operations ?? []) {
        const id = made.get(resource.urn);
        if (type === "creating" && id !== undefined) {
            adopted.set(resource.urn, { ...resource, id });
        }
    }
    const resources = inOrder([...before, ...adopted.values()]);
    return { ...state, deployment: { ...state.deployment, resources, pending_operations: [] } };
}

/** The engine requires every resource after its dependencies; otherwise the order stays. */
function inOrder(resources: readonly StateResource[]): StateResource[] {
    const live = new Map(resources.filter((resource) => !resource.delete).map((resource) => [resource.urn, resource]));
    const ordered = new Set<StateResource>();
    const place = (resource: StateResource) => {
        if (!ordered.has(resource)) {
            for (const urn of needs(resource)) {
                const needed = live.get(urn);
                if (needed !== undefined && needed !== resource) {
                    place(needed);
                }
            }
            ordered.add(resource);
        }
    };
    resources.forEach(place);
    return [...ordered];
}

function needs({ parent, provider, dependencies, propertyDependencies, deletedWith }: StateResource): string[] {
    const byProperty = Object.values(propertyDependencies ?? {}).flatMap((urns) => urns ?? []);
    const providerUrn = provider?.slice(0, provider.lastIndexOf("::"));
    return [parent, providerUrn, ...(dependencies ?? []), ...byProperty, deletedWith].filter(
        (urn) => urn !== undefined,
    );
}
