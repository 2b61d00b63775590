import { nameOf } from "../../clusters/names";
import { InputError } from "../../settings/inputError";
import { shardsOf } from "../../settings/shard";
import { stackNames } from "./pulumi";
import { isSpoke } from "./registered";
import { folderOfStackFiles, stacksWithFile } from "./stackFile";
import { readState, type State } from "./state";

/** The clusters in the state of each stack; stacks that do not exist have none. */
export type Holders = Readonly<Record<string, readonly string[]>>;

/** Names of the clusters in a state. */
export function clustersIn({ deployment }: State): string[] {
    return (deployment.resources ?? []).flatMap((resource) => (isSpoke(resource) ? [nameOf(resource.urn)] : []));
}

/**
 * Reads which of an environment's stacks has which clusters: its own, those of its shards, and all whose names are as
 * of shards, except those that have a stack file and are no shard.
 *
 * @param of the environment's stack
 */
export async function readHolders(of: string): Promise<Holders> {
    const shards = Object.keys(shardsOf(folderOfStackFiles(), of));
    const known = await stackNames();
    const withFile = stacksWithFile();
    const unrecorded = known.filter((stack) => isNameOfShard(stack, of) && !withFile.includes(stack));
    const holders: Record<string, readonly string[]> = {};
    for (const stack of [of, ...shards, ...unrecorded]) {
        holders[stack] = known.includes(stack) ? clustersIn(await readState(stack)) : [];
    }
    return holders;
}

function isNameOfShard(stack: string, of: string): boolean {
    return stack.startsWith(`${of}-`) && /^\d+$/.test(stack.slice(of.length + 1));
}

/** The shards with clusters whose stack files this checkout lacks. */
export function unrecordedIn(of: string, holders: Holders): string[] {
    const withFile = stacksWithFile();
    const isUnrecorded = (stack: string) => isNameOfShard(stack, of) && !withFile.includes(stack);
    return Object.keys(holders).filter((stack) => isUnrecorded(stack) && (holders[stack] ?? []).length > 0);
}

/**
 * Refuses a checkout that lacks the stack file of a shard, or that of another environment with such a name.
 *
 * @param planned clusters of the environment, if shards that have only these are written again
 * @throws InputError with the stacks and their clusters
 */
export function refuseUnrecorded(of: string, holders: Holders, planned: readonly string[] = []): void {
    const isPlanned = (stack: string) => (holders[stack] ?? []).every((cluster) => planned.includes(cluster));
    const lost = unrecordedIn(of, holders).filter((stack) => !isPlanned(stack));
    if (lost.length > 0) {
        const held = lost.map((stack) => `${stack} has ${holders[stack]?.join(", ")}`);
        const files = lost.map((stack) => `Pulumi.${stack}.yaml`).join(", ");
        throw new InputError(
            `${of}: this checkout has not the stack files of all its shards: the state of ${held.join("; that of ")}. Get ` +
                `${files} from the branch on which they were written. If these clusters are in the settings of ${of}, ` +
                `npm run fleet -- plan ${of} writes them again. Commit them, and do this again`,
        );
    }
}
