import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { EnvironmentSettings } from "./environment";
import { InputError } from "./inputError";
import { dnsLabel, text } from "./kinds";

/** A part of an environment's clusters that has a stack of its own. */
const shard = z
    .strictObject({
        of: text("the environment's stack", "prod").describe("The stack whose file has the environment's settings."),
        clusters: z
            .array(dnsLabel("a cluster's name", "prod-eu"), "must be a list of the clusters' names. Write for example [prod-eu]")
            .describe(
                "The clusters of this shard, by their names in that file. `npm run fleet -- plan` adds a cluster to a " +
                    "shard with room; afterwards, only a person moves it to another one.",
            )
            .meta({ examples: [["prod-eu", "prod-us"]] }),
    })
    .describe("This stack is a shard of an environment: it has no other settings. `npm run fleet` writes it.");

/** Settings of a stack that is a shard. */
export const shardSettings = z.strictObject({ shard });

/** A shard, as its stack file has it. */
export type Shard = z.output<typeof shard>;

/** The stack of a shard, by its number from 1 on. */
export function shardStack(of: string, number: number): string {
    return `${of}-${number}`;
}

/**
 * The shards of an environment, by their stacks, in the order of their numbers; none if it is not divided.
 *
 * @param folder the folder of the stack files
 * @param of the environment's stack
 * @throws InputError if a file cannot be read, or two shards have the same cluster
 */
export function shardsOf(folder: string, of: string): Readonly<Record<string, Shard>> {
    const numbers = readdirSync(folder).flatMap((file) => {
        const [, stack, number] = /^Pulumi\.(.+)-(\d+)\.yaml$/.exec(file) ?? [];
        return stack === of ? [Number(number)] : [];
    });
    const found = numbers.sort((one, other) => one - other).flatMap((number) => {
        const stack = shardStack(of, number);
        const read = shardIn(folder, stack);
        return read?.of === of ? [[stack, read] as const] : [];
    });
    refuseTwice(found);
    return Object.fromEntries(found);
}

/**
 * The shard that a stack is; undefined for any other stack.
 *
 * @throws InputError if its file has the setting and is not valid
 */
export function shardIn(folder: string, stack: string): Shard | undefined {
    const file = `Pulumi.${stack}.yaml`;
    const config = configIn(path.join(folder, file));
    if (config?.["hubspoke:shard"] === undefined) {
        return undefined;
    }
    const read = shard.safeParse(config["hubspoke:shard"]);
    if (!read.success) {
        const [issue] = read.error.issues;
        throw new InputError(`${file}: hubspoke:shard.${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is not valid"}`);
    }
    return read.data;
}

function configIn(file: string): Readonly<Record<string, unknown>> | undefined {
    try {
        return (parse(readFileSync(file, "utf8")) as { config?: Record<string, unknown> } | null)?.config;
    } catch {
        // Pulumi itself says what is wrong with a stack file that is missing or no YAML.
        return undefined;
    }
}

function refuseTwice(shards: readonly (readonly [stack: string, shard: Shard])[]): void {
    const seen = new Map<string, string>();
    for (const [stack, { clusters }] of shards) {
        for (const cluster of clusters) {
            const other = seen.get(cluster);
            if (other !== undefined) {
                throw new InputError(
                    `Pulumi.${stack}.yaml: hubspoke:shard.clusters: ${cluster} is in ${other === stack ? "the list" : other} ` +
                        "already. Remove it from one of the two",
                );
            }
            seen.set(cluster, stack);
        }
    }
}

/** The settings of an environment for one of its shards: all but the clusters of other shards. */
export function inShard(settings: EnvironmentSettings, { clusters }: Pick<Shard, "clusters">): EnvironmentSettings {
    const own = Object.entries(settings.clusters).filter(([name]) => clusters.includes(name));
    return { ...settings, clusters: Object.fromEntries(own) };
}
