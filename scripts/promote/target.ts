import { type Application, applicationOn, applicationsIn } from "../../clusters/applications";
import { promotionKey, promotionsThatMoved, readPromotions } from "../../clusters/promotions";
import { registrations } from "../../clusters/registrations";
import { chosenFor } from "../../components/applications/rooms";
import { quarantinedIn } from "../../preflight/quarantine";
import { argoCdNameOf } from "../../settings/argoCdName";
import { InputError } from "../../settings/inputError";
import { type Pin, pinText } from "../../settings/pins";
import { ownerOf } from "../support/stackFile";
import { type EnvironmentStack, environmentStack, expectedApplications } from "../support/stacks";

/**
 * The environment that an option names.
 *
 * @throws InputError as `environmentStack`, and if it is a shard: the release under way and its rings are those of all
 */
export async function environmentNamed(option: "from" | "to", stack: string): Promise<EnvironmentStack> {
    const of = ownerOf(stack);
    if (of !== stack) {
        const remedy = `Name the environment: --${option} ${of}`;
        throw new InputError(`--${option} ${stack}: is a shard of ${of}, and a promotion is of a whole environment. ${remedy}`);
    }
    return environmentStack(stack);
}

/** The application to promote: the named one, or the only one. */
export function applicationNamed(name: string | undefined, { applications }: EnvironmentStack): string {
    const names = applications.map((application) => application.name);
    const [only, ...others] = names;
    if (name === undefined && only !== undefined && others.length === 0) {
        return only;
    }
    if (name === undefined || !names.includes(name)) {
        const problem = name === undefined ? "the hub has several applications" : `the hub has no application ${name}`;
        throw new Error(`${problem}. Name one: --application ${names.join(" or ")}`);
    }
    return name;
}

/**
 * The clusters of an environment to which a promotion brings an application.
 *
 * @throws InputError if there is none
 */
export function clustersToPromote(target: EnvironmentStack, application: string): string[] {
    const clusters = clustersWith(target, application);
    if (clusters.length === 0) {
        throw new InputError(
            `--to ${target.stack}: no cluster of ${target.settings.environment} gets ${application}: its selector on the hub ` +
                "chooses none of their labels. Correct the application, the environment or the labels",
        );
    }
    return clusters;
}

/** The clusters of an environment that have room for an application. */
export function clustersWith({ settings, applications }: EnvironmentStack, application: string): string[] {
    const clusters = Object.entries(settings.clusters).filter(([, spoke]) =>
        chosenFor({ applications }, settings, spoke).some(({ name }) => name === application),
    );
    return clusters.map(([name]) => name);
}

/** The clusters that are registered on the hub, and the promotions that have reached them. */
export async function recordOn({ hub, namespace }: Pick<EnvironmentStack, "hub" | "namespace">) {
    const [record, existing] = await Promise.all([readPromotions(hub, namespace), registrations(hub, namespace)]);
    return { existing, moved: promotionsThatMoved(record, existing) };
}

/**
 * Pins that the preview accepts: one that goes back to a revision which a promotion has replaced on its cluster says
 * so, by `rollbackFrom`.
 */
export async function withRollback(
    target: EnvironmentStack,
    application: string,
    pins: Readonly<Record<string, Pin>>,
): Promise<Record<string, Pin>> {
    const { moved } = await recordOn(target);
    const entries = Object.entries(pins).map(([cluster, pin]) => {
        const promotion = moved[promotionKey({ application, cluster })];
        const goesBack = promotion?.superseded.includes(pinText(pin) ?? "");
        return [cluster, goesBack ? { ...pin, rollbackFrom: promotion?.revision } : pin];
    });
    return Object.fromEntries(entries) as Record<string, Pin>;
}

/** Without the Applications of clusters in quarantine, whose status is old. */
export async function found(
    { hub, namespace, settings }: EnvironmentStack,
    application: string,
): Promise<Application[]> {
    const all = await applicationsIn(hub, namespace, application, settings.environment);
    const old = quarantinedIn(settings).map((name) =>
        applicationOn(application, argoCdNameOf(name, settings.clusters[name])),
    );
    return all.filter(({ metadata }) => !old.includes(metadata.name));
}

/** Names of the application's Applications that the environment should have, except on clusters in quarantine. */
export function expectedOf(environment: EnvironmentStack, application: string): string[] {
    const all = expectedApplications(environment).filter((one) => one.application === application);
    return all.map(({ argoCdName }) => applicationOn(application, argoCdName));
}
