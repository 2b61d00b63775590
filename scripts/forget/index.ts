/**
 * Removes permanently lost clusters from the hub and from the state of their stack:
 *
 *     npm run forget -- prod --cluster prod-us
 *
 * A cluster is lost if neither this machine nor Argo CD reaches it over the network. It keeps a cluster that answers
 * either of them, also with a refusal: remove that cluster from the settings, or use `pulumi destroy`. It lists what it
 * will remove, and asks the user to type the cluster's name; `--yes` skips the question if Argo CD confirms the loss.
 */
import * as path from "node:path";
import { chosenFor } from "../../components/applications/rooms";
import { accountName, kindsRoleOf, suffixed } from "../../clusters/names";
import { clustersIn } from "../support/holders";
import { lastView } from "../support/leftAlone";
import { main, say } from "../support/main";
import { pulumi } from "../support/pulumi";
import { isSpoke, type Registered, registeredIn, urnsOf } from "../support/registered";
import { byStack, type EnvironmentStack, environmentStack, hubSettingsOf } from "../support/stacks";
import { ownerOf, settingsFile } from "../support/stackFile";
import { readState, type State, withoutSubtrees, writeState } from "../support/state";
import { cleanHub, generatedFor } from "./cleanHub";
import { confirmByName } from "./confirm";
import { forgetOptions, type ForgetOptions } from "./options";
import { failureFromHere } from "./fromHere";
import { refuseUsersOn } from "./users";

async function forget({ stack, clusters, yes }: ForgetOptions): Promise<void> {
    const environment = await environmentStack(stack);
    const state = await readState(stack);
    const known = clustersIn(state);
    const unknown = clusters.filter((cluster) => !known.includes(cluster));
    if (unknown.length > 0) {
        throw new Error(`--cluster ${unknown.join(", ")}: ${stack} has ${known.join(", ") || "no cluster"}. Write one of these`);
    }
    await refuseUsersOn(environment, await hubSettingsOf(environment.settings.hub.stack ?? "hub"), clusters);
    const lost = clusters.map((cluster) => registeredIn(state, environment, cluster));
    for (const registered of lost) {
        const isSure = await refuseUnlessLost(environment, registered);
        await list(environment, state, registered);
        if (!yes || !isSure) {
            await confirmByName(isSure ? "" : "Only this machine reports that it is lost. ", registered.cluster);
        }
    }
    for (const registered of lost) {
        await cleanHub(environment, registered);
    }
    // The question may have waited for long, and the hub's answers too.
    const latest = await readState(stack);
    const left = withoutSubtrees(latest, (resource) => isSpoke(resource, clusters));
    await writeState(stack, left, latest);
    const isEmpty = clustersIn(left).length === 0;
    if (isEmpty) {
        await pulumi(stack, ["destroy", "--yes", "--skip-preview"]);
        say(`${stack}: the stack is empty`);
    }
    if (!isEmpty || ownerOf(stack) !== stack) {
        const file = path.basename(settingsFile(stack));
        say(`${stack}: remove clusters.${clusters.join(", clusters.")} from ${file} before the next \`up\``);
    }
    for (const cluster of clusters) {
        say(whatIsLeft(environment, cluster));
    }
}

/**
 * @returns whether Argo CD confirms the loss; false if Argo CD could not check
 * @throws Error if this machine or Argo CD reaches the cluster
 */
async function refuseUnlessLost(environment: EnvironmentStack, registered: Registered): Promise<boolean> {
    const { stack } = environment;
    const { cluster } = registered;
    say(`${stack}: ${await failureFromHere(environment, cluster)}`);
    say(`${stack}: asking Argo CD to read ${cluster} again; for a cluster in quarantine, its view from before counts`);
    const { says, why } = await lastView(environment, registered);
    switch (says) {
        case "reached":
        case "refused":
            throw new Error(
                `${cluster} is not lost, so it is kept: this machine cannot reach it (VPN, firewall, proxy), but ` +
                    (says === "reached" ? why : `a server there refuses Argo CD. ${why}`),
            );
        case "lost":
            say(`${stack}: ${why}`);
            return true;
        case "unknown":
            say(`${stack}: Argo CD could not check: ${why}`);
            return false;
    }
}

/** Prints what will be removed, and what remains. */
async function list(environment: EnvironmentStack, state: State, lost: Registered): Promise<void> {
    const { stack } = environment;
    const { cluster, secret, watch } = lost;
    const objects = [
        ...(secret === undefined ? [] : [`Secret ${secret}`]),
        ...(await generatedFor(environment, lost)).map(({ metadata }) => `Application ${metadata.name}`),
        ...watch.map((path) => path.split("/").slice(-2).join(" ")),
    ];
    say(`${stack}: forgetting ${cluster} removes`);
    say(`  from the hub: ${objects.join(", ") || "nothing"}`);
    say(`  from the state of ${stack}: ${urnsOf(state, cluster).length} resources`);
    say("  from the cluster itself: nothing");
}

/** What a lost cluster still has, with the command that removes it there. */
export function whatIsLeft(
    { settings, applications }: Pick<EnvironmentStack, "applications" | "settings">,
    cluster: string,
): string {
    const spoke = settings.clusters[cluster];
    const chosen = spoke === undefined ? [] : chosenFor({ applications }, settings, spoke);
    const namespaces = [accountName, ...chosen.map(({ namespace }) => namespace)].join(" ");
    const kinds = chosen.filter(({ clusterKinds }) => clusterKinds.length > 0).map(({ name }) => kindsRoleOf(name));
    const roles = [...(spoke?.permissions.scope === "cluster" ? [accountName] : []), ...kinds];
    const type = spoke?.credentials.type ?? "token";
    const names = roles.flatMap((role) => (type === "token" ? [role] : [role, suffixed(role, type)]));
    const flag = spoke?.context === undefined ? "" : `--context ${spoke.context} `;
    return (
        `If ${cluster} returns, the applications and Argo CD's account are still on it, and the account's token is valid. ` +
        `Remove them there: kubectl ${flag}delete namespace ${namespaces}` +
        (roles.length === 0
            ? ""
            : `; kubectl ${flag}delete clusterrole,clusterrolebinding ${names.join(" ")} --ignore-not-found`)
    );
}

main(module, async (args) => {
    const { stack, clusters, yes } = forgetOptions(args);
    for (const [part, own] of byStack(await environmentStack(stack), clusters)) {
        await forget({ stack: part, clusters: own, yes });
    }
});
