import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./components/environment";
import { Hub, type HubOutputs } from "./components/hub";
import { InputError } from "./settings/inputError";
import { checkAgainstHub, findClusters } from "./preflight/environment";
import { checkHub } from "./preflight/hub";
import { readSettings } from "./settings";
import type { EnvironmentSettings } from "./settings/environment";
import type { HubSettings } from "./settings/hub";

const stack = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;

async function hub(settings: HubSettings) {
    const { outputs, operator } = new Hub("hub", { settings, stack, ...(await checkHub(settings)) });
    return { ...outputs, ...operator };
}

async function environment(settings: EnvironmentSettings) {
    const [found, hubOutputs] = await Promise.all([
        findClusters(settings),
        readHub(settings.hub.stack ?? `${pulumi.getOrganization()}/${pulumi.getProject()}/hub`),
    ]);
    const adoptions = await checkAgainstHub(settings, found, hubOutputs, stack);
    const { clusters } = new Environment(settings.environment, {
        settings,
        servers: found.servers,
        hub: hubOutputs,
        stack,
        adoptions,
    });
    return { clusters };
}

/** Reads what the hub's stack says of itself; without that there is nothing to register a cluster with. */
async function readHub(name: string): Promise<HubOutputs> {
    const reference = new pulumi.StackReference(name);
    const read = async (output: keyof HubOutputs) => {
        const value: unknown = (await reference.getOutputDetails(output)).value;
        if (typeof value !== "string") {
            throw new InputError(
                `hubspoke:hub.stack: the stack ${name} has no output "${output}". ` +
                    "Bring the hub up first: pulumi up --stack hub",
            );
        }
        return value;
    };
    const [argoCdNamespace, agentProject, agentNamespace, domain, rollout, probes] = await Promise.all([
        read("argoCdNamespace"),
        read("agentProject"),
        read("agentNamespace"),
        read("domain"),
        read("rollout"),
        read("probes"),
    ]);
    return { argoCdNamespace, agentProject, agentNamespace, domain, rollout, probes };
}

export = () => {
    const settings = readSettings();
    switch (settings.role) {
        case "hub":
            return hub(settings);
        case "environment":
            return environment(settings);
    }
};
