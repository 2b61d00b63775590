/**
 * Replaces Argo CD's tokens for an environment's clusters; Argo CD has a valid token at every time:
 *
 *     npm run rotate -- prod        npm run rotate -- all
 *
 * It creates and checks a new token, and moves it to the hub. When Argo CD has used it, it retires the old one, and
 * waits until the cluster refuses that. After a failure, run it again: it continues where it stopped.
 *
 * It changes only the tokens and what depends on them. If the stack has other pending changes, it lists them and
 * changes nothing.
 */
import { fromBase64 } from "../../clusters/base64";
import { accountName } from "../../clusters/names";
import { registeredConnection } from "../../clusters/argoCdConnection";
import { tryToken } from "../../clusters/tokenTrial";
import { waitFor } from "../../clusters/wait";
import { findCluster } from "../../clusters/kubeconfig";
import { find } from "../../clusters/request";
import { secretPath } from "../../clusters/secretPath";
import { argoCdNameOf } from "../../settings/argoCdName";
import type { EnvironmentSettings } from "../../settings/environment";
import { InputError } from "../../settings/inputError";
import { main, say } from "../support/main";
import { setSettings, ask } from "../support/pulumi";
import { environments, type StackWithClusters } from "../support/environments";
import { existingShards } from "../support/existingShards";
import { type EnvironmentStack, environmentStack } from "../support/stacks";
import { waitUntilArgoCdWorks } from "../support/argoCd";
import { finishExactly, upExactly } from "../support/exactUp";
import { isDivided, ownerOf, stacksOf, upCommand } from "../support/stackFile";
import { refuseLeftAlone } from "../support/leftAlone";
import { quarantinedIn } from "../../preflight/quarantine";
import { rotationTarget } from "./options";
import { rotationOwns } from "./owns";

/** Limit for a deleted token to be refused, in milliseconds: API servers cache accepted tokens for some seconds. */
const retirementLimitMs = 120_000;

interface Facts {
    readonly server: string;
    /** Name of the cluster Secret on the hub. */
    readonly secret: string;
    readonly credential: {
        readonly type: string;
        readonly current?: {
            readonly generation: number;
            readonly secret: string;
            readonly created: string;
            readonly expires?: string;
        };
        readonly previous?: { readonly generation: number; readonly secret: string };
    };
}

/** A cluster whose old token must be retired: the token is kept in memory to check that the cluster refuses it. */
interface Rotation {
    readonly cluster: string;
    readonly server: string;
    readonly secret: string;
    readonly generation: number;
    /** Undefined if an earlier run was interrupted, and the token's Secret is gone or does not contain it. */
    readonly oldToken: string | undefined;
}

/**
 * Rotates the tokens of one stack.
 *
 * @returns whether it has a token
 */
export async function rotate(stack: string): Promise<boolean> {
    const environment = await environmentStack(stack);
    await refuseLeftAlone(environment);
    for (const cluster of quarantinedIn(environment.settings)) {
        say(`${stack}: ${cluster} is in quarantine, and keeps its token`);
    }
    let facts = await readFacts(environment);
    let held: Record<string, string | undefined> = {};
    const pending = Object.entries(facts).some(([, { credential }]) => credential.previous !== undefined);
    if (pending) {
        say(`${stack}: an earlier rotation stopped before the old token was retired; continuing it`);
    } else {
        const withToken = Object.entries(facts).filter(([, { credential }]) => credential.type === "token");
        if (withToken.length === 0) {
            say(`${stack}: no cluster has a token to rotate`);
            return false;
        }
        held = await tokensOnHub(environment, facts);
        if ((await beginRotation(environment, withToken)) === "finished another") {
            say(`${stack}: an earlier rotation stopped while the old token was deleted; it is finished now`);
            return true;
        }
        facts = await readFacts(environment);
    }
    const rotations = await Promise.all(
        Object.entries(facts).flatMap(([cluster, one]) => rotationOf(environment, cluster, one, held[cluster]) ?? []),
    );
    for (const { cluster, server, generation } of rotations) {
        const argoCdName = argoCdNameOf(cluster, environment.settings.clusters[cluster]);
        await waitUntilArgoCdWorks(environment, { cluster, argoCdName, server });
        say(`${stack}: Argo CD uses token ${generation} on ${cluster}`);
    }
    await upWith(stack, retirementOf(environment, rotations), rotations);
    for (const rotation of rotations) {
        await waitUntilRefused(environment, rotation);
        const seen = rotation.oldToken === undefined ? "deleted the Secret of" : "refuses";
        say(`${stack}: ${rotation.cluster} ${seen} token ${rotation.generation - 1}; it is retired`);
    }
    return true;
}

/** The error of a rotation that found no token in any stack. */
export function noToken(target: string): string {
    return (
        `${target}: no cluster has a token to rotate. The hub or the cloud renews the tokens of the other kinds, and a ` +
        "cluster in quarantine keeps its token"
    );
}

/** The stack's outputs for its clusters, except those in quarantine, whose tokens do not change. */
async function readFacts({ stack, settings }: EnvironmentStack): Promise<Record<string, Facts>> {
    const outputs = await ask(stack, ["stack", "output", "--json"]);
    const { clusters } = outputs as { readonly clusters?: Readonly<Record<string, Facts>> };
    if (clusters === undefined) {
        throw new InputError(`${stack} has no cluster yet. Bring it up first: ${upCommand(ownerOf(stack))}`);
    }
    return Object.fromEntries(Object.entries(clusters).filter(([name]) => !settings.clusters[name]?.quarantined));
}

/** The tokens that Argo CD uses before the rotation: a token that ends is nowhere else. */
async function tokensOnHub(
    { hub, namespace }: EnvironmentStack,
    facts: Record<string, Facts>,
): Promise<Record<string, string | undefined>> {
    const read = Object.entries(facts).map(async ([cluster, { secret }]) => {
        return [cluster, (await registeredConnection(hub, namespace, secret)).token] as const;
    });
    return Object.fromEntries(await Promise.all(read));
}

/**
 * Creates a new token on every cluster of the stack, and moves it to the hub after the program has checked it. If an
 * earlier rotation was interrupted after the outputs had lost the old token, it deletes that one instead.
 */
async function beginRotation(
    { stack, settings }: EnvironmentStack,
    withToken: readonly (readonly [cluster: string, facts: Facts])[],
): Promise<"begun" | "finished another"> {
    const values: Record<string, number> = {};
    const generations = withToken.map(([cluster, { credential }]) => {
        return { cluster, credential, generation: (credential.current?.generation ?? 0) + 1 };
    });
    // A preview with a token that does not exist yet cannot show what else in the cluster Secret would change.
    if (!generations.some(({ cluster, generation }) => asksFor(settings, cluster, generation))) {
        const before = generations.map(({ cluster, generation }) => ({ cluster, generation: generation - 1 }));
        if (await finishExactly(stack, "the rotation", rotationOwns(before))) {
            return "finished another";
        }
    }
    for (const { cluster, credential, generation } of generations) {
        values[generationPath(cluster)] = generation;
        values[retiredPath(cluster)] = generation - 2;
        say(`${stack}: ${cluster} gets token ${generation}, besides ${generation - 1} of ${credential.current?.created}`);
    }
    await upWith(stack, values, generations);
    return "begun";
}

/**
 * Whether the stack file already names a token, for example after a rotation that was interrupted before it existed.
 */
function asksFor({ clusters }: EnvironmentStack["settings"], cluster: string, generation: number): boolean {
    const credentials = clusters[cluster]?.credentials;
    return credentials?.type === "token" && credentials.generation >= generation;
}

async function upWith(
    stack: string,
    values: Readonly<Record<string, number>>,
    generations: readonly { readonly cluster: string; readonly generation: number }[],
): Promise<void> {
    await upExactly({
        stack,
        operation: "the rotation",
        edit: (file) => setSettings(stack, values, file),
        owns: rotationOwns(generations),
    });
}

/**
 * The settings that retire the old tokens. A checkout that lacks the first half of an interrupted rotation gets that
 * too.
 */
function retirementOf({ settings }: EnvironmentStack, rotations: readonly Rotation[]): Record<string, number> {
    const values = rotations.flatMap(({ cluster, generation }) => [
        ...(asksFor(settings, cluster, generation) ? [] : [[generationPath(cluster), generation] as const]),
        [retiredPath(cluster), generation - 1] as const,
    ]);
    return Object.fromEntries(values);
}

function generationPath(cluster: string): string {
    return `clusters.${cluster}.credentials.generation`;
}

function retiredPath(cluster: string): string {
    return `clusters.${cluster}.credentials.retired`;
}

function rotationOf(
    { settings }: EnvironmentStack,
    cluster: string,
    { server, secret, credential: { current, previous } }: Facts,
    held: string | undefined,
): Promise<Rotation> | undefined {
    const access = settings.clusters[cluster];
    if (current === undefined || previous === undefined || access === undefined) {
        return undefined;
    }
    const read = async () => {
        const address = await findCluster(`clusters.${cluster}`, access);
        const path = secretPath(accountName, previous.secret);
        const old = await find<{ data?: Record<string, string> }>(address, path);
        const encoded = old?.data?.token;
        const oldToken = encoded === undefined ? held : fromBase64(encoded);
        return { cluster, server, secret, generation: current.generation, oldToken };
    };
    return read();
}

async function waitUntilRefused(
    { settings, hub, namespace }: EnvironmentStack,
    { cluster, secret, oldToken }: Rotation,
): Promise<void> {
    if (oldToken === undefined) {
        return;
    }
    const user = await findCluster(`clusters.${cluster}`, settings.clusters[cluster] ?? {});
    const isHubOnly = settings.clusters[cluster]?.hubOnly;
    const connection = isHubOnly ? undefined : await registeredConnection(hub, namespace, secret);
    await waitFor(
        `cluster ${cluster} to refuse the old token`,
        async () => {
            const { status } = await tryToken(user, connection, oldToken, "default");
            return status === 401 ? { done: undefined } : { seen: `answer ${status}` };
        },
        { timeoutMs: retirementLimitMs, intervalMs: 1000 },
    );
}

/**
 * The stacks to rotate.
 *
 * @param target a stack, or `all`: those with a token to rotate, of which production comes last
 */
export async function stacksToRotate(target: string): Promise<string[]> {
    if (target !== "all") {
        return isDivided(target) ? existingShards(target, stacksOf(target)) : [target];
    }
    const found = (await environments()).filter(({ settings }) => hasToken(settings));
    const order = ({ settings }: StackWithClusters) => Number(settings.production);
    return found.sort((one, other) => order(one) - order(other)).map(({ stack }) => stack);
}

function hasToken({ clusters }: EnvironmentSettings): boolean {
    return Object.values(clusters).some(({ credentials, quarantined }) => credentials.type === "token" && !quarantined);
}

/**
 * Rotates the tokens of stacks, one after the other.
 *
 * @param target what the user has named
 * @throws Error if one fails, with what was not started, and if there is no token in any
 */
export async function rotateEach(target: string, stacks: readonly string[], rotateOne = rotate): Promise<void> {
    const rotated: boolean[] = [];
    for (const stack of stacks) {
        const hadToken = await rotateOne(stack).catch((error: Error) => {
            const left = stacks.slice(stacks.indexOf(stack) + 1);
            const rest = left.length > 0 ? ` Not started: ${left.join(", ")}.` : "";
            throw new Error(
                `${stack}: ${error.message}\nThe rotation stopped; Argo CD's tokens are still valid.${rest} ` +
                    `Correct this, and continue with npm run rotate -- ${target}`,
            );
        });
        rotated.push(hadToken);
    }
    if (rotated.length > 0 && !rotated.includes(true)) {
        throw new Error(noToken(target));
    }
}

main(module, async (args) => {
    const target = rotationTarget(args);
    await rotateEach(target, await stacksToRotate(target));
});
