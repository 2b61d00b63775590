import type { EnvironmentSettings } from "../../settings/environment";
import { InputError } from "../../settings/inputError";
import { clustersIn } from "./holders";
import { inParallel } from "./inParallel";
import { say } from "./main";
import { settingsOf, stackNames } from "./pulumi";
import { isDivided, stacksAtOnce, stacksWithFile } from "./stackFile";
import { readState } from "./state";

/** A stack with clusters: an environment's, or a shard. */
export interface StackWithClusters {
    readonly stack: string;
    readonly settings: EnvironmentSettings;
}

/**
 * The project's stacks with clusters; of a divided environment its shards. A stack without a stack file and without
 * clusters, such as one that was created by a mistake, is named to the user and left out.
 *
 * @throws InputError, with the stack's name, if its stack file is not valid, or missing though its state has clusters
 */
export async function environments(): Promise<StackWithClusters[]> {
    const stacks = (await stackNames()).filter((stack) => !isDivided(stack));
    const found = await inParallel(stacks, stacksAtOnce(stacks), async (stack) => {
        if (!stacksWithFile().includes(stack)) {
            await refuseClustersWithoutFile(stack);
            say(`${stack}: has no stack file and no clusters, and is left out`);
            return [];
        }
        const settings = await settingsOf(stack).catch((error: Error) => {
            throw new InputError(`${stack}: ${error.message}`);
        });
        return settings.role === "environment" ? [{ stack, settings }] : [];
    });
    return found.flat();
}

async function refuseClustersWithoutFile(stack: string): Promise<void> {
    const clusters = clustersIn(await readState(stack));
    if (clusters.length > 0) {
        throw new InputError(
            `${stack}: its state has ${clusters.join(", ")}, and this checkout has no Pulumi.${stack}.yaml. Get it from the ` +
                "branch on which it was written; that of a shard is also written by: npm run fleet -- plan ENVIRONMENT",
        );
    }
}
