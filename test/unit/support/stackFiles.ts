import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../../lab/paths";

/** A stack file at the top of this checkout, which its users change. */
export interface CommittedStack {
    readonly stack: string;
    /** Its configuration, as it is written. */
    readonly config: Readonly<Record<string, unknown>>;
    /** The settings without what the stack's key encrypts, and what belongs to it: only `pulumi` reads that. */
    readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * The stack files of hubs and environments with all their settings: a shard has them in the file of its environment,
 * and an inventory outside of it.
 */
export function committedStacks(): CommittedStack[] {
    return readdirSync(projectRoot).flatMap((file): CommittedStack[] => {
        const stack = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
        if (stack === undefined) {
            return [];
        }
        const text = readFileSync(path.join(projectRoot, file), "utf8");
        const { config } = parse(text) as { config: Record<string, unknown> };
        const isWhole = !("hubspoke:shard" in config || "hubspoke:clustersFrom" in config);
        return !isWhole ? [] : [{ stack, config, settings: plainSettings(config) }];
    });
}

function plainSettings(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const own = Object.entries(config).filter(([key]) => key.startsWith("hubspoke:"));
    const settings = Object.fromEntries(own.map(([key, value]) => [key.slice("hubspoke:".length), value]));
    const { hub, cluster, clusters } = settings;
    const plain = Object.entries(settings).filter(([, value]) => !hasSecret(value));
    return {
        ...Object.fromEntries(plain),
        ...(hub !== undefined && { hub: plainConnection(hub) }),
        ...(cluster !== undefined && { cluster: plainConnection(cluster) }),
        ...(clusters !== undefined && {
            clusters: Object.fromEntries(
                Object.entries(clusters as object).map(([name, one]) => [name, plainConnection(one)]),
            ),
        }),
    };
}

/** A connection with a context in the place of an encrypted kubeconfig. */
function plainConnection(given: unknown): object {
    const { kubeconfig, ...others } = given as { readonly kubeconfig?: unknown };
    return hasSecret(kubeconfig) ? { context: "encrypted", ...others } : (given as object);
}

function hasSecret(value: unknown): boolean {
    return JSON.stringify(value ?? null).includes('"secure":');
}
