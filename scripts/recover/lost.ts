import { nameOf } from "../../clusters/names";
import { InputError } from "../../settings/inputError";
import type { Change } from "../preview/events";
import { previewStack } from "../preview/stackPreview";
import { clustersIn, type Holders, readHolders, refuseUnrecorded } from "../support/holders";
import { say } from "../support/main";
import { errorsOf, pulumi, settingsOf } from "../support/pulumi";
import { isSpoke } from "../support/registered";
import { ownerOf } from "../support/stackFile";
import { type PendingOperation, readState, secretSignature, settled, writeState } from "../support/state";
import { look } from "./clusters";
import { decide } from "./decisions";
import { questionOf } from "./questions";

/** A secret of the state in plain text, which `pulumi stack import` encrypts. */
const emptySecret = {
    [secretSignature.key]: secretSignature.value,
    plaintext: JSON.stringify(""),
};

/**
 * Adopts the objects whose creation a run began, and of which it got no answer, because the network failed: the run
 * ended with an error, so the state has neither the object nor a pending operation, and every later run would find it
 * in its way. They are what the next run would create, and what is there with this stack's mark.
 *
 * @throws InputError if the state of another stack has the cluster: all shards of an environment have the same mark; or
 *     if this checkout lacks the stack file of a shard
 */
export async function adoptLost(stack: string): Promise<void> {
    const { ok, text, changes } = await previewStack(stack, [], { HUBSPOKE_RENEW: "never" });
    if (!ok) {
        say(`${stack}: the preview fails, so creations without an answer are not looked for:\n${errorsOf(text)}`);
        return;
    }
    const settings = await settingsOf(stack);
    const lost = changes.filter(({ operation }) => operation === "create").map(asInterrupted);
    const made = new Map<string, string>();
    const found: string[] = [];
    for (const operation of lost) {
        const question = questionOf(operation, []);
        const decision = question.ask === "object" ? decide(question, await look(settings, question)) : undefined;
        if (decision?.what === "adopt") {
            made.set(operation.resource.urn, decision.id);
            found.push(`${stack}: a creation had no answer: ${decision.why}, and is adopted into the state`);
        }
    }
    if (made.size > 0) {
        const state = await readState(stack);
        const planned = lost.flatMap(({ resource }) => (isSpoke(resource) ? [nameOf(resource.urn)] : []));
        const of = ownerOf(stack);
        const holders = await readHolders(of);
        refuseUnrecorded(of, holders);
        refuseHeldTwice(stack, of, [...clustersIn(state), ...planned], holders);
        found.forEach(say);
        const deployment = { ...state.deployment, pending_operations: lost };
        await writeState(stack, settled({ ...state, deployment }, made), state);
        await pulumi(stack, ["refresh", "--yes", "--skip-preview"]);
    }
}

/** @throws InputError if the state of another stack of the environment has one of the clusters */
export function refuseHeldTwice(stack: string, of: string, clusters: readonly string[], holders: Holders): void {
    const others = Object.entries(holders).filter(([other]) => other !== stack);
    const twice = others.flatMap(([other, held]) =>
        held.filter((cluster) => clusters.includes(cluster)).map((cluster) => `${cluster} is in the state of ${other}`),
    );
    if (twice.length > 0) {
        throw new InputError(
            `${stack}: ${twice.join(", ")}, so nothing of it is adopted into this state. Run this, which leaves each cluster ` +
                `in one state: npm run fleet -- up ${of}`,
        );
    }
}

/**
 * A planned creation, as the state has one that was interrupted. The preview does not show secrets: the next `up`
 * writes them.
 */
export function asInterrupted({ urn, type, provider, parent, after = {} }: Change): PendingOperation {
    const withoutText = (_: string, value: unknown) => (value === "[secret]" ? emptySecret : value);
    const inputs = JSON.parse(JSON.stringify(after), withoutText) as Record<string, unknown>;
    return { type: "creating", resource: { urn, type, custom: true, provider, parent, inputs } };
}
