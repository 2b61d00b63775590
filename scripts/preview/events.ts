/** What a preview would do with one resource. */
export type Operation = "same" | "create" | "update" | "replace" | "delete" | "read" | "import";

/** A resource's inputs, with `[secret]` in place of each secret. */
export type Inputs = Readonly<Record<string, unknown>>;

/** One resource in a preview. */
export interface Change {
    readonly operation: Operation;
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** Inputs in the state; nothing where the resource is new. */
    readonly before?: Inputs;
    /** Inputs that the program asks for; nothing where the resource goes. */
    readonly after?: Inputs;
    /** Paths of the properties that differ. */
    readonly paths: readonly string[];
}

/** A policy that a resource breaks. */
export interface PolicyViolation {
    readonly policy: string;
    readonly level: string;
    readonly message: string;
}

/** What the engine told of one preview. */
export interface PreviewEvents {
    readonly changes: readonly Change[];
    readonly violations: readonly PolicyViolation[];
}

interface StateEvent {
    readonly inputs?: Inputs;
}

/** The parts of the engine's events that are read here (sdk/go/common/apitype/events.go). */
interface EngineEvent {
    readonly resourcePreEvent?: {
        readonly metadata: {
            readonly op: string;
            readonly urn: string;
            readonly type: string;
            readonly old?: StateEvent | null;
            readonly new?: StateEvent | null;
            readonly diffs?: readonly string[] | null;
            readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
        };
    };
    readonly policyEvent?: {
        readonly message: string;
        readonly policyName: string;
        readonly enforcementLevel: string;
    };
}

/** The engine's words (pkg/resource/deploy/step.go), of which this program tells some apart no further. */
const operations: Readonly<Record<string, Operation>> = {
    same: "same",
    create: "create",
    update: "update",
    delete: "delete",
    replace: "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "discard-replaced": "replace",
    "remove-pending-replace": "replace",
    read: "read",
    "read-replacement": "read",
    "read-discard": "read",
    refresh: "read",
    import: "import",
    "import-replacement": "replace",
};

/** The stack itself, and providers that nobody wrote: Pulumi counts neither among the changes. */
function isCounted({ type, urn }: { readonly type: string; readonly urn: string }): boolean {
    return type !== "pulumi:pulumi:Stack" && !(type.startsWith("pulumi:providers:") && /::default(_[\w]+)?$/.test(urn));
}

/** Reads the log that `pulumi preview --event-log` writes: one event in JSON a line. */
export function readEvents(log: string): PreviewEvents {
    const events = log
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as EngineEvent);
    const changes = new Map<string, Change>();
    for (const { resourcePreEvent } of events) {
        if (resourcePreEvent === undefined || !isCounted(resourcePreEvent.metadata)) {
            continue;
        }
        const change = changeOf(resourcePreEvent.metadata);
        const known = changes.get(change.urn);
        // A replacement comes in steps, of which each shows a part.
        changes.set(change.urn, known?.operation === "replace" ? merged(known, change) : change);
    }
    const violations = events.flatMap(({ policyEvent }) =>
        policyEvent === undefined
            ? []
            : [
                  {
                      policy: policyEvent.policyName,
                      level: policyEvent.enforcementLevel,
                      message: policyEvent.message.replace(/<\{%[^%]*%\}>/g, "").trim(),
                  },
              ],
    );
    return { changes: [...changes.values()], violations };
}

type Metadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

function changeOf({ op, urn, type, old, new: next, diffs, detailedDiff }: Metadata): Change {
    const operation = operations[op];
    if (operation === undefined) {
        throw new Error(`the preview of ${urn} has the operation "${op}", which is unknown here`);
    }
    return {
        operation,
        urn,
        type,
        name: urn.slice(urn.lastIndexOf("::") + 2),
        ...(old?.inputs && { before: old.inputs }),
        ...(next?.inputs && operation !== "delete" && { after: next.inputs }),
        paths: Object.keys(detailedDiff ?? {}).length > 0 ? Object.keys(detailedDiff ?? {}) : (diffs ?? []),
    };
}

function merged(known: Change, change: Change): Change {
    return {
        ...known,
        ...(change.before && { before: known.before ?? change.before }),
        ...(change.after && { after: known.after ?? change.after }),
        paths: [...new Set([...known.paths, ...change.paths])],
    };
}
