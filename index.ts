import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./components/environment";
import { Hub } from "./components/hub";
import { readHubOutputs } from "./components/hubOutputs";
import { checkEnvironment } from "./preflight/environment";
import { checkHub } from "./preflight/hub";
import { readSettings } from "./settings";
import type { EnvironmentSettings } from "./settings/environment";
import type { HubSettings } from "./settings/hub";

const project = `${pulumi.getOrganization()}/${pulumi.getProject()}`;
const stack = `${project}/${pulumi.getStack()}`;

async function hub(settings: HubSettings) {
    const found = await checkHub(settings, stack);
    const { outputs, operator } = new Hub("hub", { settings, stack, ...found });
    return { ...outputs, ...operator };
}

async function environment(settings: EnvironmentSettings) {
    const found = await checkEnvironment(settings, stack, readHubOutputs(settings.hub.stack ?? `${project}/hub`));
    const { clusters } = new Environment(settings.environment, { settings, stack, ...found });
    return { clusters };
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
