import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ask, pulumi } from "./pulumi";

/** A resource as a stack's state holds it. */
export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    readonly parent?: string;
    readonly provider?: string;
    readonly inputs?: Record<string, unknown>;
    readonly outputs?: Record<string, unknown>;
}

/** An operation that a run began and did not end. */
export interface PendingOperation {
    readonly type: "creating" | "updating" | "deleting" | "reading" | "importing";
    readonly resource: StateResource;
}

export interface State {
    readonly version: number;
    readonly deployment: {
        readonly resources?: readonly StateResource[];
        readonly pending_operations?: readonly PendingOperation[];
    };
}

/** Reads a stack's state; its secrets stay encrypted. */
export async function readState(stack: string): Promise<State> {
    return (await ask(stack, ["stack", "export"])) as State;
}

/** Replaces a stack's state. */
export async function writeState(stack: string, state: State): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "hubspoke-"));
    try {
        const file = path.join(folder, "state.json");
        fs.writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
        await pulumi(stack, ["stack", "import", "--file", file]);
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

/** The last part of a URN: the resource's own name. */
export function nameOf(urn: string): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}

/** A state without some resources, all that is below them, and the operations on these. */
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
