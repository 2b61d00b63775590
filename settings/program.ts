import * as pulumi from "@pulumi/pulumi";
import { refuseDefaultProviders } from ".";
import { InputError } from "./inputError";
import { type StackSettings, stackSettings } from "./stack";

/**
 * Reads and validates the settings of the stack that runs.
 *
 * @throws InputError as `stackSettings`, when default Kubernetes providers are not disabled, and when the stack's
 *     clusters are in shards
 */
export async function readSettings(): Promise<StackSettings> {
    const config = pulumi.runtime.allConfig();
    refuseDefaultProviders(config["pulumi:disable-default-providers"]);
    const prefix = `${pulumi.getProject()}:`;
    const values = Object.entries(config)
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, value]) => [key.slice(prefix.length), value]);
    const stack = pulumi.getStack();
    const given = Object.fromEntries(values) as Record<string, unknown>;
    const read = await stackSettings(stack, given, pulumi.getRootDirectory());
    refuseDivided(stack, read);
    return read;
}

/** @throws InputError if the clusters of the stack are in shards, or if the stack has no name of a shard */
export function refuseDivided(stack: string, { shard, shards, owner }: Omit<StackSettings, "settings">): void {
    const names = Object.keys(shards);
    if (shard === undefined && names.length > 0) {
        throw new InputError(
            `the clusters of ${stack} are in the shards ${names.join(", ")}, a stack each: this stack has none. Run ` +
                `\`npm run fleet -- up ${stack}\` or \`npm run fleet -- preview ${stack}\`, or use the stack of a shard`,
        );
    }
    if (shard !== undefined && shards[stack] === undefined) {
        throw new InputError(`hubspoke:shard: a shard of ${owner} is a stack ${owner}-1, ${owner}-2 and so on. Rename the stack ${stack}`);
    }
}
