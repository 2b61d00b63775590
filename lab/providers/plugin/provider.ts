import type { PropertyMap } from "./values";

/** What a resource provider of the lab implements; `service.ts` carries it over gRPC. */
export interface ResourceProvider {
    /** Inputs of the provider resource itself. Left out: anything is accepted. */
    checkConfig?(request: CheckRequest): Promise<CheckResult>;
    /** Difference between two sets of provider inputs. Left out: any change is an update. */
    diffConfig?(request: DiffRequest): Promise<DiffResult>;
    /** Called once, before any resource, with the provider's inputs as strings (objects as JSON). */
    configure?(settings: ReadonlyMap<string, string>): Promise<void>;
    check(request: CheckRequest): Promise<CheckResult>;
    diff(request: DiffRequest): Promise<DiffResult>;
    create(request: CreateRequest): Promise<CreateResult>;
    read(request: ReadRequest): Promise<ReadResult>;
    update(request: UpdateRequest): Promise<PropertyMap>;
    delete(request: DeleteRequest): Promise<void>;
    /** The user cancelled: end the operations in progress. */
    cancel?(): void;
}

export interface CheckRequest {
    readonly urn: string;
    /** Inputs of the last run; empty for a new resource. */
    readonly olds: PropertyMap;
    readonly news: PropertyMap;
    /** Seed for generated names, so that a preview and its update agree. Empty when the engine has none. */
    readonly randomSeed: Uint8Array;
    /** What `pulumi:autonaming` of the stack says, if anything. */
    readonly autonaming?: { readonly proposedName: string; readonly disabled: boolean };
}

export interface CheckFailure {
    /** Path of the bad property; empty when the whole resource is meant. */
    readonly property: string;
    readonly reason: string;
}

export interface CheckResult {
    readonly inputs: PropertyMap;
    readonly failures: readonly CheckFailure[];
}

export interface DiffRequest {
    readonly urn: string;
    readonly id: string;
    /** State (outputs) of the last run. */
    readonly olds: PropertyMap;
    readonly news: PropertyMap;
    readonly ignoreChanges: readonly string[];
}

export type ChangeKind = "add" | "delete" | "update";

export interface PropertyChange {
    readonly kind: ChangeKind;
    /** Whether this change alone forces a replacement. */
    readonly replace: boolean;
}

export interface DiffResult {
    /** Changes by property path, as in `spec.containers[0].image`. */
    readonly changes: ReadonlyMap<string, PropertyChange>;
    readonly deleteBeforeReplace: boolean;
}

/** Time limit that the program set for an operation, in seconds; 0 means none. */
export type TimeoutSeconds = number;

export interface CreateRequest {
    readonly urn: string;
    readonly inputs: PropertyMap;
    readonly timeout: TimeoutSeconds;
    readonly preview: boolean;
}

export interface CreateResult {
    /** Empty in a preview. */
    readonly id: string;
    readonly properties: PropertyMap;
}

export interface ReadRequest {
    readonly urn: string;
    readonly id: string;
    /** Last state; empty for an import or a `get`. */
    readonly properties: PropertyMap;
    /** Last inputs; empty for an import or a `get`. */
    readonly inputs: PropertyMap;
}

export interface ReadResult {
    /** Empty when the resource is gone. */
    readonly id: string;
    readonly properties: PropertyMap;
    readonly inputs: PropertyMap;
}

export interface UpdateRequest {
    readonly urn: string;
    readonly id: string;
    readonly olds: PropertyMap;
    readonly news: PropertyMap;
    readonly timeout: TimeoutSeconds;
    readonly ignoreChanges: readonly string[];
    readonly preview: boolean;
}

export interface DeleteRequest {
    readonly urn: string;
    readonly id: string;
    readonly properties: PropertyMap;
    readonly timeout: TimeoutSeconds;
}

/** Diff of something that did not change. */
export const noChanges: DiffResult = { changes: new Map(), deleteBeforeReplace: false };

/** Type of a resource from its URN: `urn:pulumi:stack::project::parent$type::name`. */
export function typeOf(urn: string): string {
    const qualified = urn.split("::")[2] ?? "";
    return qualified.slice(qualified.lastIndexOf("$") + 1);
}

/** Logical name of a resource from its URN. A name may itself hold `::`. */
export function nameOf(urn: string): string {
    return urn.split("::").slice(3).join("::");
}
