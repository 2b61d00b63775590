import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./components/environment";
import { Hub } from "./components/hub";
import { readHubOutputs } from "./components/hubOutputs";
import { checkEnvironment } from "./preflight/environment";
import { checkHub } from "./preflight/hub";
import { clustersHeld, type ShardPlace } from "./preflight/shards";
import type { EnvironmentSettings } from "./settings/environment";
import type { HubSettings } from "./settings/hub";
import { readSettings } from "./settings/program";

const project = `${pulumi.getOrganization()}/${pulumi.getProject()}`;

async function hub(settings: HubSettings, stack: string) {
    const found = await checkHub(settings, stack);
    const { outputs, operator } = new Hub("hub", { settings, stack, ...found });
    return { ...outputs, ...operator };
}

async function environment(settings: EnvironmentSettings, stack: string, place: ShardPlace) {
    const outputs = readHubOutputs(settings.hub.stack ?? `${project}/hub`);
    const held = await clustersHeld(`${project}/${pulumi.getStack()}`);
    const found = await checkEnvironment(settings, stack, outputs, { ...place, held });
    const { clusters } = new Environment(settings.environment, { settings, stack, ...found });
    return { clusters };
}

export = async () => {
    const { settings, owner, ...place } = await readSettings();
    // Every object names the stack that has the settings, so that nothing changes on a cluster that moves to a shard.
    const stack = `${project}/${owner}`;
    switch (settings.role) {
        case "hub":
            return hub(settings, stack);
        case "environment":
            return environment(settings, stack, place);
    }
};
