import type { Change } from "../preview/events";
import { previewStack } from "../preview/stackPreview";
import { say } from "../support/main";
import { errorsOf, pulumi, settingsOf } from "../support/pulumi";
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
    for (const operation of lost) {
        const question = questionOf(operation, []);
        const decision = question.ask === "object" ? decide(question, await look(settings, question)) : undefined;
        if (decision?.what === "adopt") {
            made.set(operation.resource.urn, decision.id);
            say(`${stack}: a creation had no answer: ${decision.why}, and is adopted into the state`);
        }
    }
    if (made.size > 0) {
        const state = await readState(stack);
        const deployment = { ...state.deployment, pending_operations: lost };
        await writeState(stack, settled({ ...state, deployment }, made));
        await pulumi(stack, ["refresh", "--yes", "--skip-preview"]);
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
