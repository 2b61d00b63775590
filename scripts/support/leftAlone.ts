import { viewAnnotation } from "../../clusters/names";
import { isLeftAlone, registrations } from "../../clusters/registrations";
import { find } from "../../clusters/request";
import { secretPath } from "../../clusters/secretPath";
import { leftAloneWithoutSetting } from "../../preflight/quarantine";
import { argoCdsView, type ArgoCdsView } from "./argoCdsView";
import type { Registered } from "./registered";
import type { EnvironmentStack } from "./stacks";

/**
 * Refuses an operation that waits for Argo CD, where Argo CD leaves a cluster alone and the settings do not say so.
 *
 * @throws Error that names each cluster, and the command that lifts it
 */
export async function refuseLeftAlone({ settings, hub, namespace, stack }: EnvironmentStack): Promise<void> {
    const problems = leftAloneWithoutSetting(settings, await registrations(hub, namespace), stack);
    if (problems.length > 0) {
        throw new Error(problems.join("\n"));
    }
}

/** Annotations of a cluster Secret; none if it does not exist. */
export async function annotationsOf(
    { hub, namespace }: Pick<EnvironmentStack, "hub" | "namespace">,
    secret: string,
): Promise<Readonly<Record<string, string>>> {
    type Annotated = { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } };
    const found = await find<Annotated>(hub, secretPath(namespace, secret));
    return found?.metadata.annotations ?? {};
}

/** Argo CD's view of a cluster: now, or the last one before it began to leave the cluster alone. */
export async function lastView(
    argoCd: Pick<EnvironmentStack, "hub" | "namespace">,
    registered: Registered,
): Promise<ArgoCdsView> {
    const { secret } = registered;
    const annotations = secret === undefined ? {} : await annotationsOf(argoCd, secret);
    if (!isLeftAlone({ annotations })) {
        return argoCdsView(argoCd, registered);
    }
    const recorded = annotations[viewAnnotation];
    return recorded === undefined
        ? { says: "unknown", why: "Argo CD leaves the cluster alone, and nothing was recorded before" }
        : (JSON.parse(recorded) as ArgoCdsView);
}

/**
 * Keeps what Argo CD says of a cluster, on its Secret: when Argo CD leaves the cluster alone it says nothing new, and
 * `npm run forget` asks for it.
 */
export function viewRecord(view: ArgoCdsView): Record<string, string> {
    return { [viewAnnotation]: JSON.stringify({ at: new Date().toISOString(), ...view }) };
}
