import * as pulumi from "@pulumi/pulumi";
import {
    dnsDomainAnnotation,
    domainAnnotation,
    refreshAnnotation,
    revisionAnnotation,
    secretStoreAnnotation,
    shortStackName,
    skipReconcileAnnotation,
} from "../clusters/names";
import { chosenFor } from "../components/applications/rooms";
import type { HubOutputs } from "../components/hubOutputs";
import type { Adoption, Adoptions, KeptAnnotations } from "../components/account/adoption";
import { type Application, deliveredTo } from "../clusters/applications";
import { argoCdNameOf } from "../settings/argoCdName";
import { environmentName } from "../settings/delivery";
import type { EnvironmentSettings } from "../settings/environment";
import { domain } from "../settings/kinds";
import { isCopy, keptMetadata } from "./keptMetadata";
import { outOfReach } from "./reach";
import { isOwnLabel } from "../settings/labels";
import { isOfCluster, type Registration, sameServer } from "../clusters/registrations";

/** A cluster of the settings, and what the hub's outputs say about it. */
export interface Candidate {
    readonly name: string;
    /** URL of the API server that the stack would register. */
    readonly server: string;
    readonly settings: Pick<EnvironmentSettings, "environment" | "clusters">;
    readonly hub: Pick<HubOutputs, "domain" | "applications">;
}

/**
 * The registration that a cluster's `clusterSecret` names, if another tool or a person created it; undefined if it does
 * not exist or belongs to this stack.
 *
 * @param stack the environment's stack
 * @throws Error that names the setting, if the Secret belongs to another stack or to another cluster
 */
export function registrationToAdopt(
    { name, server, settings }: Candidate,
    existing: readonly Registration[],
    stack: string,
): Registration | undefined {
    const secret = settings.clusters[name]?.clusterSecret;
    const registration = existing.find((one) => one.secret === secret);
    if (registration === undefined || registration.stack === stack) {
        return undefined;
    }
    const cluster = { name: argoCdNameOf(name, settings.clusters[name]), server };
    if (registration.stack !== undefined || !isOfCluster(registration, cluster)) {
        throw new Error(
            `hubspoke:clusters.${name}.clusterSecret: Secret ${secret} registers "${registration.argoCdName}" at ` +
                `${registration.server}${registration.stack ? ` for stack ${registration.stack}` : ""}. Remove the ` +
                "setting, or name this cluster's own Secret",
        );
    }
    return registration;
}

/**
 * The changes by an adoption that Applications see: the name, the URL, labels and annotations. A changed name or label
 * can delete the Applications that were generated from it.
 *
 * @returns for each difference the setting, the registered value, and what to write; empty if there is no difference
 */
export function differences({ name, server, settings, hub }: Candidate, registration: Registration): string[] {
    const at = `hubspoke:clusters.${name}`;
    const problems: string[] = [];
    const compare = (setting: string, path: string, given: string | undefined, registered: string | undefined) => {
        if (registered !== undefined && given !== registered) {
            problems.push(
                `${setting}: is ${given === undefined ? "missing" : `"${given}"`}, but the registration to adopt ` +
                    `(Secret ${registration.secret}) has "${registered}". Write \`${path}: "${registered}"\``,
            );
        }
    };
    const spoke = settings.clusters[name];
    const inArgoCd = argoCdNameOf(name, spoke);
    if (registration.argoCdName !== inArgoCd) {
        problems.push(
            `${at}: the registration to adopt (Secret ${registration.secret}) has the name ` +
                `"${registration.argoCdName}", which its Applications use. Write \`name: "${registration.argoCdName}"\` there`,
        );
    }
    if (!sameServer(server, registration.server)) {
        compare(`${at}.server`, "server", server, registration.server);
    }
    const { environment } = registration.labels;
    if (environment === undefined || environmentName.safeParse(environment).success) {
        compare("hubspoke:environment", "hubspoke:environment", settings.environment, environment);
    } else {
        problems.push(cannotKeep("hubspoke:environment", "label environment", environment, registration.secret));
    }
    const labels = Object.entries(registration.labels).filter(([key]) => !isOwnLabel(key));
    for (const [key, value] of labels) {
        if (key === "deploy" && value !== "true" && value !== "false") {
            problems.push(cannotKeep(`${at}.labels.deploy`, "label deploy", value, registration.secret));
        } else {
            compare(`${at}.labels.${key}`, labelPath(key), spoke?.labels[key], value);
        }
    }
    if (registration.labels.deploy === undefined && spoke?.labels.deploy === "true") {
        problems.push(
            `${at}.labels.deploy: is "true", but the registration to adopt has no such label: the agent is not ` +
                'delivered there. Write `deploy: "false"`; change it to "true" after the adoption',
        );
    }
    const { annotations } = registration;
    const names = [
        ["domain", domainAnnotation, spoke?.domain ?? `${name}.${hub.domain}`],
        ["dnsDomain", dnsDomainAnnotation, spoke?.dnsDomain],
    ] as const;
    for (const [setting, key, given] of names) {
        const registered = annotations[key];
        if (registered === undefined || domain.safeParse(registered).success) {
            compare(`${at}.${setting}`, setting, given, registered);
        } else {
            problems.push(cannotKeep(`${at}.${setting}`, `annotation ${key}`, registered, registration.secret));
        }
    }
    compare(`${at}.revision`, "revision", spoke?.revision, annotations[revisionAnnotation]);
    return problems;
}

/** A label's place in the stack file; a key with a dot or a slash is one key of the map. */
function labelPath(key: string): string {
    return /^[\w-]+$/.test(key) ? `labels.${key}` : `labels."${key}"`;
}

/** About a label or annotation whose value the settings cannot have: what reads it must change first. */
function cannotKeep(setting: string, what: string, value: string, secret: string): string {
    const [kind = "label", key = ""] = what.split(" ");
    const verb = kind === "label" ? "label" : "annotate";
    return (
        `${setting}: the ${what} of the registration that is adopted is "${value}", which this program cannot keep. Change ` +
        "what reads it, then the Secret: kubectl --namespace argocd " +
        `${verb} secret ${secret} --overwrite ${key}=…`
    );
}

/**
 * The annotations that adopted cluster Secrets keep: an ApplicationSet may use them in its template.
 *
 * @returns by the cluster's name, those that are neither this program's nor a copy of the Secret
 */
export function annotationsToKeep(
    settings: Pick<EnvironmentSettings, "clusters">,
    existing: readonly Registration[],
): KeptAnnotations {
    const adopted = Object.entries(settings.clusters).flatMap(([name, { clusterSecret }]) => {
        const registration = existing.find(({ secret }) => secret === clusterSecret);
        return registration === undefined ? [] : [[name, registration] as const];
    });
    return Object.fromEntries(
        adopted.map(([name, { secret, annotations }]) => {
            const kept = Object.entries(keptMetadata({ name: secret, annotations }).annotations);
            return [name, Object.fromEntries(kept.filter(([key]) => !isOwnAnnotation(key)))];
        }),
    );
}

/** Whether the program itself writes the annotation on a cluster Secret, or removes it. */
function isOwnAnnotation(key: string): boolean {
    const own = [dnsDomainAnnotation, domainAnnotation, refreshAnnotation, revisionAnnotation, secretStoreAnnotation];
    return own.includes(key) || key === skipReconcileAnnotation || /^([\w-]+\.)?hubspoke\//.test(key);
}

/** Applications that the cluster's account and cluster Secret would not let Argo CD manage; see {@link outOfReach}. */
export function unreachable({ name, settings, hub }: Candidate, applications: readonly Application[]): string[] {
    const spoke = settings.clusters[name];
    if (spoke === undefined) {
        return [];
    }
    const rooms = chosenFor(hub, settings, spoke).map(({ namespace }) => namespace);
    return outOfReach({ setting: `clusters.${name}.permissions`, permissions: spoke.permissions, rooms }, applications);
}

/** About copies of the Secret, such as that of `kubectl apply`: an import would put the old token into the state. */
function describeCopy(name: string, { secret, annotations }: Registration, stack: string): string | undefined {
    const copies = Object.entries(annotations).filter(isCopy).map(([key]) => key);
    return copies.length === 0
        ? undefined
        : `hubspoke:clusters.${name}.clusterSecret: Secret ${secret} has a copy of its old credential in the annotation ` +
              `${copies.join(", ")}, which an import would put into the state. npm run adopt -- ` +
              `${shortStackName(stack)} removes it, or: kubectl --namespace argocd annotate secret ${secret} ` +
              copies.map((key) => `${key}-`).join(" ");
}

/**
 * Finds the registrations that the stack adopts: those that `clusterSecret` names and another tool or a person created.
 * It also looks for Applications that Argo CD could not manage any more on any cluster.
 *
 * @param applications reads all Applications of the hub; it is asked only where they matter
 * @throws Error that lists what would change or break, and what to write
 */
export async function findAdoptions(
    candidates: readonly Candidate[],
    existing: readonly Registration[],
    stack: string,
    applications: () => Promise<readonly Application[]>,
): Promise<Adoptions> {
    const problems: string[] = [];
    const adoptions: Record<string, Adoption> = {};
    for (const candidate of candidates) {
        const { name, server } = candidate;
        const registration = registrationToAdopt(candidate, existing, stack);
        const own = candidate.settings.clusters[name];
        // One that is registered with narrow rights has had them before.
        if (registration !== undefined || own?.permissions.scope === "cluster") {
            const argoCdName = argoCdNameOf(name, own);
            const delivered = deliveredTo({ argoCdName, server }, await applications());
            problems.push(...unreachable(candidate, delivered));
        }
        if (registration === undefined) {
            continue;
        }
        problems.push(...differences(candidate, registration));
        const copy = describeCopy(name, registration, stack);
        if (copy !== undefined && !pulumi.runtime.isDryRun()) {
            problems.push(copy);
        } else if (copy !== undefined) {
            await pulumi.log.warn(copy);
        }
        adoptions[name] = { secret: registration.secret };
    }
    if (problems.length > 0) {
        throw new Error(problems.join("\n  "));
    }
    return adoptions;
}
