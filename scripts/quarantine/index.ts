/**
 * Puts a broken cluster into quarantine, so that the rest of its environment still works, and ends the quarantine:
 *
 *     npm run quarantine -- prod --cluster prod-eu          npm run quarantine -- prod --cluster prod-eu --lift
 *
 * It writes `quarantined: true` for the cluster into the stack file, or removes it, shows the preview, and brings up
 * only the resources of that cluster. If the preview fails, it restores the stack file.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { viewAnnotation } from "../../clusters/names";
import { change } from "../../clusters/request";
import { InputError } from "../../settings/inputError";
import { argoCdsView } from "../support/argoCdsView";
import { main, say } from "../support/main";
import { parseOptions } from "../support/options";
import { pulumi, setSettings } from "../support/pulumi";
import { type Registered, registeredIn, urnsOf } from "../support/registered";
import { stackFile } from "../support/stackFile";
import { type EnvironmentStack, environmentStack } from "../support/stacks";
import { readState } from "../support/state";

const usage = "usage: npm run quarantine -- STACK --cluster NAME [--lift]";

interface QuarantineOptions {
    readonly stack: string;
    readonly cluster: string;
    readonly lift: boolean;
}

async function quarantine({ stack, cluster, lift }: QuarantineOptions): Promise<void> {
    const environment = await environmentStack(stack);
    const settings = environment.settings.clusters[cluster];
    if (settings === undefined) {
        const known = Object.keys(environment.settings.clusters).join(", ");
        throw new InputError(`--cluster ${cluster}: ${stack} has ${known}. Write one of these`);
    }
    if (settings.quarantined !== lift) {
        throw new InputError(`--cluster ${cluster}: is ${lift ? "not" : "already"} in quarantine. Nothing was changed`);
    }
    const state = await readState(stack);
    const registered = registeredIn(state, environment, cluster);
    const targets = urnsOf(state, cluster).flatMap((urn) => ["--target", urn]);
    const file = stackFile(stack);
    const before = readFileSync(file, "utf8");
    const path = `clusters.${cluster}.quarantined`;
    await (lift
        ? pulumi(stack, ["config", "rm", "--path", `hubspoke:${path}`])
        : setSettings(stack, { [path]: "true" }));
    try {
        say(await pulumi(stack, ["preview", "--diff", ...targets]));
    } catch (error) {
        writeFileSync(file, before);
        throw error;
    }
    if (!lift) {
        await recordView(environment, registered);
    }
    await pulumi(stack, ["up", "--yes", "--skip-preview", ...targets]);
    say(`${stack}: ${cluster} is ${lift ? "no longer" : "now"} in quarantine. Commit ${file}`);
}

/** Records Argo CD's view of the cluster for `npm run forget`: in quarantine, Argo CD does not read the cluster. */
async function recordView(environment: EnvironmentStack, registered: Registered): Promise<void> {
    const { hub, namespace, stack } = environment;
    say(`${stack}: asking Argo CD for its view of ${registered.cluster}`);
    const view = await argoCdsView(environment, registered);
    say(`${stack}: ${view.why}`);
    const annotations = { [viewAnnotation]: JSON.stringify({ ...view, at: new Date().toISOString() }) };
    const secretPath = `api/v1/namespaces/${namespace}/secrets/${registered.secret}`;
    await change(hub, secretPath, { method: "PATCH", body: { metadata: { annotations } } });
}

function optionsIn(args: string[]): QuarantineOptions {
    const { values, positionals } = parseOptions(
        {
            args,
            allowPositionals: true,
            options: { cluster: { type: "string" }, lift: { type: "boolean", default: false } },
        },
        usage,
    );
    const [stack, ...more] = positionals;
    const { cluster, lift } = values;
    if (stack === undefined || cluster === undefined || more.length > 0) {
        throw new InputError(usage);
    }
    return { stack, cluster, lift };
}

main((args) => quarantine(optionsIn(args)));
