import { withSource } from "./clusterSource";
import type { EnvironmentSettings } from "./environment";
import { parseSettings, parseShard, type Settings } from ".";
import { InputError } from "./inputError";
import { inShard, type Shard, shardsOf } from "./shard";
import { configOf } from "./stackConfig";

/** A stack's settings, and its place among the shards of its environment. */
export interface StackSettings {
    readonly settings: Settings;
    /** The stack whose file has the settings, and whose name is on every object: for a shard, its environment's. */
    readonly owner: string;
    /** The shard that the stack is; undefined for any other. */
    readonly shard: Shard | undefined;
    /** All shards of the environment by their stacks; none if it is not divided. */
    readonly shards: Readonly<Record<string, Shard>>;
}

/** Variable with the path of a file in place of the environment's stack file, for a trial of other settings. */
export const environmentFileVariable = "HUBSPOKE_ENVIRONMENT_FILE";

/**
 * The settings of a stack. Those of a shard are in the stack file of its environment, without the clusters of other
 * shards.
 *
 * @param values the stack's own configuration: keys of the namespace `hubspoke`, without the prefix
 * @param folder the folder of Pulumi.yaml and the stack files
 * @throws InputError as `parseSettings`, and if a shard's environment is no stack of an environment
 */
export async function stackSettings(
    stack: string,
    values: Readonly<Record<string, unknown>>,
    folder: string,
): Promise<StackSettings> {
    const shard = values.shard === undefined ? undefined : parseShard(values);
    const owner = shard?.of ?? stack;
    const file = process.env[environmentFileVariable];
    const given = shard === undefined ? values : await configOf(owner, { folder, file });
    const whole = parseSettings(await withSource(given, folder));
    const shards = whole.role === "environment" ? shardsOf(folder, owner) : {};
    const settings = shard === undefined ? whole : inShard(ofEnvironment(whole, owner), shard);
    return { settings, owner, shard, shards };
}

function ofEnvironment(settings: Settings, owner: string): EnvironmentSettings {
    if (settings.role !== "environment") {
        throw new InputError(`hubspoke:shard.of: ${owner} is the stack of the hub. Name the stack of an environment`);
    }
    return settings;
}
