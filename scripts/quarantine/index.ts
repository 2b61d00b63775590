/**
 * Puts a broken cluster into quarantine, so that the rest of its environment still works, and ends the quarantine:
 *
 *     npm run quarantine -- prod --cluster prod-eu          npm run quarantine -- prod --cluster prod-eu --lift
 *
 * It writes `quarantined: true` for the cluster into the stack file, or removes it, shows the preview, and brings up
 * only the resources of that cluster, beside other clusters that do not answer. If the preview fails, it takes that
 * setting back. After an interruption, run it again: it continues.
 */
import { readFileSync } from "node:fs";
import { holdAnnotations, holders } from "../../clusters/heldAnnotations";
import { skipReconcileAnnotation } from "../../clusters/names";
import { isLeftAlone, registrations } from "../../clusters/registrations";
import { besideUnreachable } from "../../preflight/unreachable";
import { InputError } from "../../settings/inputError";
import { secretPath } from "../../clusters/secretPath";
import { waitUntilArgoCdWorks } from "../support/argoCd";
import { deadIn } from "../support/dead";
import { annotationsOf, lastView, viewRecord } from "../support/leftAlone";
import { main, say } from "../support/main";
import { parseOptions } from "../support/options";
import { pulumi, setSettings } from "../support/pulumi";
import { quarantineIn, type Registered, registeredIn, urnsOf } from "../support/registered";
import { ownerOf, restoreSettings, settingsFile } from "../support/stackFile";
import { type EnvironmentStack, environmentStack, stackWith } from "../support/stacks";
import { readState } from "../support/state";

const usage = "usage: npm run quarantine -- STACK --cluster NAME [--lift]";

interface QuarantineOptions {
    readonly stack: string;
    readonly cluster: string;
    readonly lift: boolean;
}

/** The part of a stack that belongs to a cluster, for `pulumi`. */
interface Part {
    readonly targets: readonly string[];
    readonly env: Readonly<Record<string, string>>;
}

/**
 * Puts a cluster into quarantine, or takes it back.
 *
 * @throws InputError if there is no such cluster; Error if the preview refuses it, with the stack file as before
 */
export async function quarantine({ stack: given, cluster, lift }: QuarantineOptions): Promise<void> {
    const whole = await environmentStack(given);
    const settings = whole.settings.clusters[cluster];
    if (settings === undefined) {
        const known = Object.keys(whole.settings.clusters).join(", ");
        throw new InputError(`--cluster ${cluster}: ${given} has ${known}. Write one of these`);
    }
    const environment = stackWith(whole, cluster);
    const { stack } = environment;
    const state = await readState(stack);
    const registered = registeredIn(state, environment, cluster);
    const isAlone = await isLeftAloneNow(environment, registered);
    const { quarantined } = settings;
    const deployed = quarantineIn(state, cluster);
    if (lift ? !quarantined && !isAlone && deployed === "none" : quarantined && isAlone && deployed === "whole") {
        say(`${stack}: ${cluster} is ${lift ? "not" : "already"} in quarantine. Nothing was changed`);
        return;
    }
    const targets = urnsOf(state, cluster).flatMap((urn) => ["--target", urn]);
    // Without a target, the run is of the whole stack, and needs all clusters.
    const env = targets.length === 0 ? {} : besideUnreachable(await deadBeside(environment, cluster));
    if (lift) {
        await takeBack(environment, registered, { quarantined, isDeployed: deployed !== "none" }, { targets, env });
    } else {
        await leaveAlone(environment, registered, { targets, env });
    }
}

/** The stack's other clusters that cannot be worked with: each would have the preflight refuse the run. */
async function deadBeside(environment: EnvironmentStack, cluster: string): Promise<string[]> {
    const { stack, settings, hub, namespace } = environment;
    const others = Object.entries(settings.clusters).filter(([name]) => name !== cluster);
    const beside = { settings: { ...settings, clusters: Object.fromEntries(others) } };
    const dead = await deadIn(beside, () => registrations(hub, namespace))(0);
    Object.entries(dead).forEach(([name, why]) => say(`${stack}: does not connect to ${name}: ${why}`));
    return Object.keys(dead);
}

async function leaveAlone(
    environment: EnvironmentStack,
    registered: Registered,
    part: Part,
): Promise<void> {
    const { stack } = environment;
    const { cluster } = registered;
    await withPreview(stack, cluster, part, () => setSettings(stack, { [settingOf(cluster)]: "true" }));
    await recordView(environment, registered);
    await upOf(stack, part);
    say(`${stack}: ${cluster} is now in quarantine. Commit ${settingsFile(stack)}`);
}

async function takeBack(
    environment: EnvironmentStack,
    registered: Registered,
    { quarantined, isDeployed }: { readonly quarantined: boolean; readonly isDeployed: boolean },
    part: Part,
): Promise<void> {
    const { stack } = environment;
    const { cluster, secret = "" } = registered;
    const path = `hubspoke:${settingOf(cluster)}`;
    if (quarantined) {
        await withPreview(stack, cluster, part, () => pulumi(ownerOf(stack), ["config", "rm", "--path", path]));
    }
    // First these: the stack waits until Argo CD reads the cluster.
    for (const holder of Object.values(holders)) {
        await holdAnnotations(environment.hub, secretPath(environment.namespace, secret), holder, {});
    }
    if (quarantined || isDeployed) {
        await upOf(stack, part);
    }
    if (await isLeftAloneNow(environment, registered)) {
        throw new Error(
            `${stack}: Argo CD still leaves ${cluster} alone: another tool or a person has annotated its Secret. Remove ` +
                `that: kubectl annotate secret --namespace ${environment.namespace} ${secret} ${skipReconcileAnnotation}-`,
        );
    }
    say(`${stack}: ${cluster} is no longer in quarantine.${quarantined || isDeployed ? ` Commit ${settingsFile(stack)}` : ""}`);
    await seeArgoCdWork(environment, registered);
}

/**
 * Has Argo CD compare the cluster's Applications. By itself it may do so only minutes later: it ignores a change of an
 * Application that it sees before the end of the quarantine (argo-cd 3.6.1, controller/appcontroller.go,
 * `applicationEventHandlerFuncs`).
 */
async function seeArgoCdWork(environment: EnvironmentStack, registered: Registered): Promise<void> {
    const { cluster } = registered;
    try {
        await waitUntilArgoCdWorks(environment, registered);
    } catch (error) {
        throw new Error(`${cluster} is no longer in quarantine, but Argo CD does not work on it: ${(error as Error).message}`);
    }
    say(`${environment.stack}: Argo CD works on ${cluster} again`);
}

/** Changes a cluster's setting in the stack file, and shows the preview; where that fails, takes the change back. */
async function withPreview(
    stack: string,
    cluster: string,
    { targets, env }: Part,
    edit: () => Promise<unknown>,
): Promise<void> {
    const file = settingsFile(stack);
    const before = readFileSync(file, "utf8");
    await edit();
    const written = readFileSync(file, "utf8");
    try {
        say(await pulumi(stack, ["preview", "--diff", ...targets], env));
    } catch (error) {
        restoreSettings(file, [["clusters", cluster, "quarantined"]], before, written);
        throw error;
    }
}

async function upOf(stack: string, { targets, env }: Part): Promise<void> {
    await pulumi(stack, ["up", "--yes", "--skip-preview", ...targets], env);
}

/** Records Argo CD's view of the cluster for `npm run forget`: in quarantine, Argo CD does not read the cluster. */
async function recordView(environment: EnvironmentStack, registered: Registered): Promise<void> {
    const { hub, namespace, stack } = environment;
    const { cluster, secret = "" } = registered;
    say(`${stack}: asking Argo CD for its view of ${cluster}`);
    const view = await lastView(environment, registered);
    say(`${stack}: ${view.why}`);
    await holdAnnotations(hub, secretPath(namespace, secret), holders.quarantine, viewRecord(view));
}

async function isLeftAloneNow(environment: EnvironmentStack, { secret }: Registered): Promise<boolean> {
    return secret !== undefined && isLeftAlone({ annotations: await annotationsOf(environment, secret) });
}

function settingOf(cluster: string): string {
    return `clusters.${cluster}.quarantined`;
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

main(module, (args) => quarantine(optionsIn(args)));
