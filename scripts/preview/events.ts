import { nameOf } from "../../clusters/names";

/** The planned operation on a resource. */
export type Operation = "same" | "create" | "update" | "replace" | "delete" | "read" | "import";

/** A resource's inputs, with `[secret]` in place of each secret. */
export type Inputs = Readonly<Record<string, unknown>>;

/** One resource in a preview. */
export interface Change {
    readonly operation: Operation;
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** URN and ID of the provider. */
    readonly provider?: string | undefined;
    /** URN of the parent. */
    readonly parent?: string | undefined;
    /** Inputs in the state; undefined for a new resource. */
    readonly before?: Inputs;
    /** Inputs from the program; undefined for a resource that is deleted. */
    readonly after?: Inputs;
    /** Paths of the properties that differ. */
    readonly paths: readonly string[];
}

/** A policy violation of a resource. */
export interface PolicyViolation {
    readonly policy: string;
    readonly level: string;
    readonly message: string;
}

/** The engine's results for one preview. */
export interface PreviewEvents {
    readonly changes: readonly Change[];
    readonly violations: readonly PolicyViolation[];
}

interface StateEvent {
    readonly parent?: string;
    readonly inputs?: Inputs;
}

/** The fields of the engine's events that the preview reads (sdk/go/common/apitype/events.go). */
interface EngineEvent {
    readonly resourcePreEvent?: {
        readonly metadata: {
            readonly op: string;
            readonly urn: string;
            readonly type: string;
            readonly provider?: string;
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

/** The engine's operations (pkg/resource/deploy/step.go); the preview treats some of them as the same. */
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
    discard: "read",
    refresh: "read",
    import: "import",
    "import-replacement": "replace",
};

/** Excludes the stack itself and default providers, which Pulumi does not count as changes. */
function isCounted({ type, urn }: { readonly type: string; readonly urn: string }): boolean {
    return type !== "pulumi:pulumi:Stack" && !(type.startsWith("pulumi:providers:") && /::default(_[\w]+)?$/.test(urn));
}

/** Reads the log of `pulumi preview --event-log`: one JSON event per line. */
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
        // A replacement has several steps, and each one shows a part.
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

function changeOf({ op, urn, type, provider, old, new: next, diffs, detailedDiff }: Metadata): Change {
    const operation = operations[op];
    if (operation === undefined) {
        throw new Error(`the preview of ${urn} has the unknown operation "${op}"`);
    }
    return {
        operation,
        urn,
        type,
        name: nameOf(urn),
        provider: provider === "" ? undefined : provider,
        parent: next?.parent,
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
