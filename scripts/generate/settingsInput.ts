import { z } from "zod";
import { environmentSettings } from "../../settings/environment";
import { hubSettings } from "../../settings/hub";
import { shardSettings } from "../../settings/shard";

/** The part of JSON Schema that describes the contents of a stack file. */
export interface InputSchema {
    readonly type?: string | readonly string[];
    readonly description?: string;
    readonly default?: unknown;
    readonly examples?: readonly unknown[];
    /** Whether the value is a secret. */
    readonly writeOnly?: boolean;
    readonly const?: unknown;
    readonly enum?: readonly unknown[];
    readonly format?: string;
    readonly pattern?: string;
    readonly minimum?: number;
    readonly maximum?: number;
    readonly properties?: Readonly<Record<string, InputSchema>>;
    readonly required?: readonly string[];
    readonly propertyNames?: InputSchema;
    readonly additionalProperties?: InputSchema | false;
    readonly items?: InputSchema;
    readonly anyOf?: readonly InputSchema[];
    readonly oneOf?: readonly InputSchema[];
}

/** The kinds of stack files: of the two roles, and of a shard, which has no role. */
export type StackKind = "hub" | "environment" | "shard";

/** The settings that the stack file of each kind may contain, without the prefix of the keys. */
export function settingsInput(): Readonly<Record<StackKind, InputSchema>> {
    return { hub: inputOf(hubSettings), environment: inputOf(environmentSettings), shard: inputOf(shardSettings) };
}

/** YAML language servers support draft 7 best. */
function inputOf(settings: z.ZodType): InputSchema {
    return z.toJSONSchema(settings, { io: "input", target: "draft-07", override: standard }) as InputSchema;
}

/** Removes what only zod uses: the format of `startsWith`, which has a pattern, and the limits of a safe integer. */
function standard({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
    if (jsonSchema.format === "starts_with") {
        delete jsonSchema.format;
    }
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) {
        delete jsonSchema.minimum;
        delete jsonSchema.maximum;
    }
}
