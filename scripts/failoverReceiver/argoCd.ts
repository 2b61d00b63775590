import { holdAnnotations, holders } from "../../clusters/heldAnnotations";
import type { ClusterAddress } from "../../clusters/kubeconfig";
import { argoCdNamespace, skipReconcileAnnotation, unreachableSinceAnnotation } from "../../clusters/names";
import { type Registration, registrations } from "../../clusters/registrations";
import { whyNotLeftAlone } from "../../preflight/quarantine";
import { secretPath } from "../../clusters/secretPath";
import { lastView, viewRecord } from "../support/leftAlone";
import type { SkipperArgs } from "./skipper";

/**
 * What the receiver does on the hub, so that Argo CD leaves a dead cluster alone. It holds its annotations beside those
 * of the cluster's stack: a quarantine of the stack stays when the receiver gives up its own.
 *
 * @param version Argo CD's on the hub, such as `v3.4.4`; undefined where the hub's stack does not say it
 * @throws Error if that Argo CD would go on with the cluster
 */
export function skipping(
    hub: ClusterAddress,
    version: string | undefined,
): Pick<SkipperArgs, "held" | "viewOf" | "skip" | "resume"> {
    const reason = whyNotLeftAlone(version);
    if (reason !== undefined) {
        throw new Error(`--skip-reconcile-after: ${reason}`);
    }
    const namespace = argoCdNamespace;
    const all = () => registrations(hub, namespace);
    const registrationOf = async (cluster: string): Promise<Registration> => {
        const found = (await all()).find((one) => one.cluster === cluster);
        if (found === undefined) {
            throw new Error(`the hub has no cluster "${cluster}", of which an alert tells`);
        }
        return found;
    };
    const pathOf = async (cluster: string) => secretPath(namespace, (await registrationOf(cluster)).secret);
    return {
        held: async () => {
            const marked = (one: Registration) => one.annotations[unreachableSinceAnnotation] !== undefined;
            return (await all()).filter(marked).map(({ cluster }) => cluster);
        },
        viewOf: async (cluster) => {
            const { secret, server, argoCdName } = await registrationOf(cluster);
            return lastView({ hub, namespace }, { cluster, argoCdName, secret, server, watch: [] });
        },
        skip: async (cluster, since, view) => {
            await holdAnnotations(hub, await pathOf(cluster), holders.receiver, {
                [skipReconcileAnnotation]: "true",
                [unreachableSinceAnnotation]: since,
                ...viewRecord(view),
            });
        },
        resume: async (cluster) => holdAnnotations(hub, await pathOf(cluster), holders.receiver, {}),
    };
}
