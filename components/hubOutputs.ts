import * as pulumi from "@pulumi/pulumi";
import { InputError } from "../settings/inputError";
import type { RolloutRules } from "./agent/rollout";
import type { ProbePlan } from "./watch/probePlan";

/** What an environment's stack reads from the hub's stack. */
export interface HubOutputs {
    /** Argo CD's namespace on the hub. */
    readonly argoCdNamespace: string;
    /** AppProject that every cluster Secret is scoped to. */
    readonly agentProject: string;
    /** Namespace that the agent is delivered to on every spoke. */
    readonly agentNamespace: string;
    /** The domain of all clusters; a cluster's own is `<cluster>.<domain>`. */
    readonly domain: string;
    /** What the hub demands of environments. */
    readonly rollout: RolloutRules;
    /** How the hub watches its clusters. */
    readonly probes: ProbePlan;
    /** Argo CD's version, such as `v3.4.4`; nothing from a hub that was brought up before it said so. */
    readonly argoCdVersion: string | undefined;
}

type Known = { readonly [key in keyof HubOutputs]: pulumi.Input<HubOutputs[key]> };

/** The outputs as the hub's stack exports them: text, and JSON for the rules and the plan. */
export function writeHubOutputs(outputs: Known): Readonly<Record<keyof HubOutputs, pulumi.Output<string>>> {
    const { argoCdNamespace, agentProject, agentNamespace, domain, rollout, probes, argoCdVersion } = outputs;
    return {
        argoCdNamespace: pulumi.output(argoCdNamespace),
        agentProject: pulumi.output(agentProject),
        agentNamespace: pulumi.output(agentNamespace),
        domain: pulumi.output(domain),
        rollout: pulumi.jsonStringify(rollout),
        probes: pulumi.jsonStringify(probes),
        argoCdVersion: pulumi.output(argoCdVersion).apply((version) => version ?? ""),
    };
}

/**
 * The outputs of a hub's stack, from what it exported.
 *
 * @param stack the stack's name, for the error
 * @throws InputError that names the output which is missing: the hub was never brought up
 */
export function parseHubOutputs(stack: string, exported: Readonly<Record<string, unknown>>): HubOutputs {
    const text = (output: keyof HubOutputs) => {
        const value = exported[output];
        if (typeof value !== "string") {
            throw new InputError(
                `hubspoke:hub.stack: the stack ${stack} has no output "${output}". ` +
                    "Bring the hub up first: pulumi up --stack hub",
            );
        }
        return value;
    };
    return {
        argoCdNamespace: text("argoCdNamespace"),
        agentProject: text("agentProject"),
        agentNamespace: text("agentNamespace"),
        domain: text("domain"),
        rollout: JSON.parse(text("rollout")) as RolloutRules,
        probes: JSON.parse(text("probes")) as ProbePlan,
        argoCdVersion: exported.argoCdVersion === undefined ? undefined : text("argoCdVersion") || undefined,
    };
}

const names = ["argoCdNamespace", "agentProject", "agentNamespace", "domain", "rollout", "probes", "argoCdVersion"] as const;

/**
 * Reads the outputs of a hub's stack in a run of the program.
 *
 * @throws InputError as {@link parseHubOutputs}
 */
export async function readHubOutputs(stack: string): Promise<HubOutputs> {
    const reference = new pulumi.StackReference(stack);
    const entries = names.map(async (name) => [name, (await reference.getOutputDetails(name)).value] as const);
    return parseHubOutputs(stack, Object.fromEntries(await Promise.all(entries)));
}
