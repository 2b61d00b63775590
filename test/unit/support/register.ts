import type * as pulumi from "@pulumi/pulumi";
import { Environment, type EnvironmentArgs } from "../../../components/environment";
import type { Adoptions } from "../../../components/account/adoption";
import { type HubApplication, type HubOutputs, writeHubOutputs } from "../../../components/hubOutputs";
import type { ProbePlan } from "../../../components/watch/probePlan";
import { parseSettings } from "../../../settings";
import type { Impersonation } from "../../../settings/impersonation";
import { hubApplications } from "./applications";
import { valueOf } from "./mocks";
import type { EnvironmentSettings } from "../../../settings/environment";

/** The outputs of a hub's stack, with what is given over them. */
export function hubOutputs(given: Partial<HubOutputs> = {}): HubOutputs {
    return {
        argoCdNamespace: "argocd",
        applications: hubApplications(),
        scoped: false,
        impersonation: "off",
        domain: "example.com",
        rollout: { strategy: "pinned", pinned: [], rolled: undefined, windowed: [], soak: "10m" },
        probes: { objects: "files", interval: "15s", labels: { release: "monitoring" }, prober: "prober:9115" },
        argoCdVersion: "v3.6.1",
        identities: ["aws", "gcp", "azure"],
        audiences: ["staging", "prod"],
        lab: false,
        ...given,
    };
}

/** The outputs of a hub's stack as `pulumi stack output` writes them; needs mocks. */
export async function outputsOfHub(): Promise<Record<string, unknown>> {
    const outputs = Object.entries(writeHubOutputs(hubOutputs())).map(async ([name, value]) => {
        return [name, await valueOf(value)] as const;
    });
    return Object.fromEntries<unknown>(await Promise.all(outputs));
}

/** Registers an environment's clusters under mocks; each API server is `https://<cluster>.example.com`. */
export function registerClusters(
    environment: string,
    clusters: Record<string, unknown>,
    objects: ProbePlan["objects"] = "files",
    adoptions: Adoptions = {},
    more: Record<string, unknown> = {},
    adoptedNamespaces: EnvironmentArgs["adoptedNamespaces"] = {},
    applications: readonly HubApplication[] = hubApplications(),
    impersonation: Impersonation = "off",
    { unreachable = [], ...opts }: pulumi.ComponentResourceOptions & Pick<EnvironmentArgs, "unreachable"> = {},
): Environment {
    const probes: ProbePlan = { objects, interval: "15s", labels: { release: "monitoring" }, prober: "prober:9115" };
    const given = { role: "environment", environment, hub: { context: "hub" }, clusters, ...more };
    const settings = parseSettings(given) as EnvironmentSettings;
    return new Environment(environment, {
        settings,
        servers: Object.fromEntries(Object.keys(clusters).map((name) => [name, `https://${name}.example.com`])),
        hub: hubOutputs({ applications, impersonation, probes }),
        stack: `organization/hubspoke/${environment}`,
        adoptions,
        adoptedNamespaces,
        unreachable,
    }, opts);
}
