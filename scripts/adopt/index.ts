/**
 * Adopts clusters that were registered by `argocd cluster add` or by hand:
 *
 *     npm run adopt -- staging
 *
 * It imports the cluster Secret into the environment's stack under its present name (`clusterSecret` in the stack file)
 * and changes it in place: Argo CD gets the token with fewer rights, and loses no Application. It changes only what
 * belongs to these clusters: if anything else of the stack waits to be deployed, it lists that and changes nothing. To
 * preview, write `clusterSecret` by hand and run `pulumi preview`. After a failure, run it again: it continues where it
 * stopped. For the hub's stack see hub.ts.
 */
import { applicationsOf } from "../../clusters/applications";
import { differences, unreachable } from "../../preflight/adoption";
import { type ClusterAddress, findCluster } from "../../clusters/kubeconfig";
import { shortStackName } from "../../clusters/names";
import { type Registration, registrations } from "../../clusters/registrations";
import { leftAloneWithoutSetting } from "../../preflight/quarantine";
import { nothingToAdopt, registrationByOtherMeans } from "./choice";
import { adoptionOwns } from "./owns";
import { describeRemains, findRemains } from "./remains";
import { waitUntilArgoCdWorks } from "../support/argoCd";
import { main, say } from "../support/main";
import { upExactly } from "../support/exactUp";
import { setSettings, settingsOf } from "../support/pulumi";
import { removeCopies } from "./copies";
import { adoptHub } from "./hub";
import { adoptOptions } from "./options";
import { ownerOf, refuseShards } from "../support/stackFile";
import { argoCdNameOf } from "../../settings/argoCdName";
import { type EnvironmentStack, environmentStack } from "../support/stacks";

/** A cluster to adopt. */
interface Takeover {
    readonly name: string;
    readonly argoCdName: string;
    readonly server: string;
    readonly spoke: ClusterAddress;
    readonly registration: Registration;
}

async function adopt(stack: string): Promise<void> {
    refuseShards(stack, "adopt");
    const environment = await environmentStack(stack);
    const takeovers = await findTakeovers(environment);
    await refuseChanges(environment, takeovers);
    for (const { name, registration } of takeovers) {
        say(`${stack}: ${name} is registered by another tool or by hand, as Secret ${registration.secret}; the stack adopts it`);
    }
    for (const { registration } of takeovers) {
        const copies = await removeCopies(environment.hub, environment.namespace, registration.secret);
        if (copies.length > 0) {
            say(`${stack}: removed from Secret ${registration.secret} copies of its credential: annotations ${copies.join(", ")}`);
        }
    }
    const names = takeovers.map(({ name, registration }) => [`clusters.${name}.clusterSecret`, registration.secret]);
    await upExactly({
        stack,
        operation: "the adoption",
        edit: (file) => setSettings(stack, Object.fromEntries(names) as Record<string, string>, file),
        owns: adoptionOwns(takeovers.map(({ name }) => name), Object.keys(environment.settings.clusters)),
    });
    for (const { name, argoCdName, server } of takeovers) {
        await waitUntilArgoCdWorks(environment, { cluster: name, argoCdName, server });
        say(`${stack}: Argo CD now uses the stack's account on ${name}`);
    }
    for (const { name, spoke } of takeovers) {
        const { context } = environment.settings.clusters[name] ?? {};
        describeRemains(name, context, await findRemains(spoke)).forEach(say);
    }
    say(`${stack}: commit the stack file, which now names the Secret`);
}

/** The clusters of the stack that were registered by another tool or by hand. */
async function findTakeovers({ stack, settings, hub, namespace }: EnvironmentStack): Promise<Takeover[]> {
    const existing = await registrations(hub, namespace);
    // The stack has registered what is in quarantine, and nobody may ask that cluster.
    const askable = Object.entries(settings.clusters).filter(([, { quarantined }]) => !quarantined);
    const wanted = await Promise.all(
        askable.map(async ([name, access]) => {
            const spoke = await findCluster(`clusters.${name}`, access);
            const { server = spoke.server, clusterSecret } = access;
            return { name, argoCdName: argoCdNameOf(name, access), spoke, server, clusterSecret };
        }),
    );
    const takeovers = wanted.flatMap((one) => {
        const registration = registrationByOtherMeans(one, existing);
        return registration === undefined ? [] : [{ ...one, registration }];
    });
    if (takeovers.length === 0) {
        const own = ({ stack: owner = "" }: Registration) => shortStackName(owner) === ownerOf(shortStackName(stack));
        throw new Error(nothingToAdopt(stack, wanted, existing, own));
    }
    return takeovers;
}

/** Refuses, before it writes anything, what the program would refuse: a name, URL or label that would change. */
async function refuseChanges(environment: EnvironmentStack, takeovers: readonly Takeover[]): Promise<void> {
    const { stack, settings, hub, namespace, applications, domain } = environment;
    const problems: string[] = [];
    for (const { name, argoCdName, server, registration } of takeovers) {
        const candidate = { name, server, settings, hub: { domain, applications } };
        const delivered = await applicationsOf(hub, namespace, { argoCdName, server });
        problems.push(...differences(candidate, registration), ...unreachable(candidate, delivered));
        problems.push(...leftAloneWithoutSetting(settings, [registration], stack));
    }
    if (problems.length > 0) {
        throw new Error(
            `${stack} is not adopted, and nothing was changed. Correct the stack file, and adopt again:\n` +
                problems.map((problem) => `  ${problem}`).join("\n"),
        );
    }
}

main(module, async (args) => {
    const { stack, yes } = adoptOptions(args);
    const settings = await settingsOf(stack);
    await (settings.role === "hub" ? adoptHub(stack, settings, yes) : adopt(stack));
});
