import { InputError } from "../../settings/inputError";
import { say } from "./main";
import { stackNames } from "./pulumi";

/**
 * Those of an environment's shards whose stacks exist. The others were planned and never brought up; they are named to
 * the user.
 *
 * @param of the environment's stack
 * @param shards the shards that the stack files have
 * @throws InputError if none exists
 */
export async function existingShards(of: string, shards: readonly string[]): Promise<string[]> {
    const known = await stackNames();
    const existing = shards.filter((stack) => known.includes(stack));
    if (existing.length === 0) {
        throw new InputError(`no shard of ${of} was brought up yet. Do that first: npm run fleet -- up ${of}`);
    }
    const others = shards.filter((stack) => !existing.includes(stack));
    others.forEach((stack) => say(`${stack}: was never brought up, and is skipped`));
    return existing;
}
