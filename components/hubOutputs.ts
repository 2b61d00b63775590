import * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "../settings/identity";
import { agentKey } from "../settings/agentKey";
import type { ApplicationSettings } from "../settings/applications";
import type { Impersonation } from "../settings/impersonation";
import { InputError } from "../settings/inputError";
import type { RolloutRules } from "./applications/rollout";
import type { ProbePlan } from "./watch/probePlan";

/** An application, as an environment's stack needs it to make room for it. */
export interface HubApplication extends Pick<ApplicationSettings, "clusterKinds" | "deliver" | "name" | "namespace" | "selector" | "traffic"> {
    /** Whether its chart and its values files have a revision each. */
    readonly twoRevisions: boolean;
}

/** What an environment's stack needs to know of an application. */
export function hubApplication(application: ApplicationSettings): HubApplication {
    const { name, namespace, selector, clusterKinds, deliver, traffic, source } = application;
    const twoRevisions = "chart" in source && source.values !== undefined;
    return { name, namespace, selector, clusterKinds, deliver, traffic, twoRevisions };
}

/** The outputs of the hub's stack that an environment's stack reads. */
export interface HubOutputs {
    /** Argo CD's namespace on the hub. */
    readonly argoCdNamespace: string;
    /** The applications that the hub delivers. */
    readonly applications: readonly HubApplication[];
    /**
     * Whether the hub's AppProject permits only clusters that are scoped to it, as it did when there was one
     * application: then every cluster Secret names the project.
     */
    readonly scoped: boolean;
    /** Whether each application has an account for its syncs; `off` from a hub that does not say so. */
    readonly impersonation: Impersonation;
    /** Domain of all clusters; the domain of one cluster is `<cluster>.<domain>`. */
    readonly domain: string;
    /** The hub's requirements for environments. */
    readonly rollout: RolloutRules;
    /** How the hub watches its clusters. */
    readonly probes: ProbePlan;
    /** Argo CD's version, such as `v3.4.4`; nothing from a hub that was brought up before it said so. */
    readonly argoCdVersion: string | undefined;
    /** Clouds at which Argo CD has an identity; nothing from a hub that was brought up before it said so. */
    readonly identities: readonly Cloud[] | undefined;
    /** Audiences of Argo CD's tokens; nothing from a hub that was brought up before it said so. */
    readonly audiences: readonly string[] | undefined;
    /** Whether this hub is for tests: then Argo CD may reach clusters at addresses of this machine. */
    readonly lab: boolean;
}

type Known = { readonly [key in keyof Omit<HubOutputs, "scoped">]: pulumi.Input<HubOutputs[key]> };

/** The outputs as the hub's stack exports them: text, and JSON for the rules and the plan. */
export function writeHubOutputs(outputs: Known): Readonly<Record<keyof Known, pulumi.Output<string>>> {
    return {
        argoCdNamespace: pulumi.output(outputs.argoCdNamespace),
        applications: pulumi.jsonStringify(outputs.applications),
        impersonation: pulumi.output(outputs.impersonation),
        domain: pulumi.output(outputs.domain),
        rollout: pulumi.jsonStringify(outputs.rollout),
        probes: pulumi.jsonStringify(outputs.probes),
        argoCdVersion: pulumi.output(outputs.argoCdVersion).apply((version) => version ?? ""),
        identities: pulumi.jsonStringify(outputs.identities),
        audiences: pulumi.jsonStringify(outputs.audiences),
        lab: pulumi.jsonStringify(outputs.lab),
    };
}

/**
 * Parses the exported outputs of a hub's stack.
 *
 * @param stack the stack's name, for the error message
 * @throws InputError that names the missing output, if the hub was never deployed
 */
export function parseHubOutputs(stack: string, exported: Readonly<Record<string, unknown>>): HubOutputs {
    const text = (output: keyof HubOutputs | "agentNamespace") => {
        const value = exported[output];
        if (typeof value !== "string") {
            throw new InputError(
                `hubspoke:hub.stack: the stack ${stack} has no output "${output}". ` +
                    "Deploy the hub first: pulumi up --stack hub",
            );
        }
        return value;
    };
    return {
        argoCdNamespace: text("argoCdNamespace"),
        ...applicationsIn(exported, text),
        impersonation: exported.impersonation === undefined ? "off" : (text("impersonation") as Impersonation),
        domain: text("domain"),
        rollout: JSON.parse(text("rollout")) as RolloutRules,
        probes: JSON.parse(text("probes")) as ProbePlan,
        argoCdVersion: exported.argoCdVersion === undefined ? undefined : text("argoCdVersion") || undefined,
        identities: exported.identities === undefined ? undefined : (JSON.parse(text("identities")) as Cloud[]),
        audiences: exported.audiences === undefined ? undefined : (JSON.parse(text("audiences")) as string[]),
        lab: exported.lab === "true",
    };
}

/** The applications; from a hub that was brought up before it had several, the agent alone. */
function applicationsIn(
    exported: Readonly<Record<string, unknown>>,
    text: (output: "agentNamespace" | "applications") => string,
): Pick<HubOutputs, "applications" | "scoped"> {
    if (exported.applications !== undefined || exported.agentNamespace === undefined) {
        return { applications: JSON.parse(text("applications")) as HubApplication[], scoped: false };
    }
    const everywhere = { matchLabels: {}, matchExpressions: [] };
    const agent = { name: agentKey, namespace: text("agentNamespace"), selector: everywhere, clusterKinds: [] };
    return { applications: [{ ...agent, deliver: true, traffic: true, twoRevisions: false }], scoped: true };
}

const names = [
    "argoCdNamespace",
    "applications",
    "impersonation",
    "agentNamespace",
    "domain",
    "rollout",
    "probes",
    "argoCdVersion",
    "identities",
    "audiences",
    "lab",
] as const;

/**
 * Reads the outputs of a hub's stack in a run of the program.
 *
 * @throws InputError like {@link parseHubOutputs}
 */
export async function readHubOutputs(stack: string): Promise<HubOutputs> {
    const reference = new pulumi.StackReference(stack);
    const entries = names.map(async (name) => [name, (await reference.getOutputDetails(name)).value] as const);
    return parseHubOutputs(stack, Object.fromEntries(await Promise.all(entries)));
}
