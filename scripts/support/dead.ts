import { findCluster } from "../../clusters/kubeconfig";
import { isLeftAlone, type Registration } from "../../clusters/registrations";
import { ask, CertificateError } from "../../clusters/request";
import type { ClusterConnection } from "../../settings/connection";
import { inParallel } from "./inParallel";
import type { EnvironmentStack } from "./stacks";

/** Number of clusters that are asked at the same time: each may start a login. */
const atOnce = 20;

/** Why a cluster cannot be worked with, by its name. */
type Dead = Readonly<Record<string, string>>;

/**
 * Asks an environment's clusters whether they answer this machine, except those in quarantine, and the hub whether Argo
 * CD leaves one alone. A refused login or an untrusted certificate is no dead cluster: the preview names it.
 *
 * @returns asks them, unless the last answer is not older than that, in milliseconds
 */
export function deadIn(
    { settings }: Pick<EnvironmentStack, "settings">,
    registered: () => Promise<readonly Registration[]>,
): (maxAgeMs: number) => Promise<Dead> {
    let last: { readonly at: number; readonly dead: Promise<Dead> } | undefined;
    const look = async (): Promise<Dead> => {
        const asked = Object.entries(settings.clusters).filter(([, { quarantined }]) => !quarantined);
        const dead: Record<string, string> = {};
        for (const registration of await registered()) {
            if (asked.some(([name]) => name === registration.cluster) && isLeftAlone(registration)) {
                dead[registration.cluster] = "Argo CD leaves it alone now";
            }
        }
        await inParallel(asked, atOnce, async ([name, spoke]) => {
            const why = await whyDead(name, spoke);
            if (why !== undefined) {
                dead[name] = why;
            }
        });
        return dead;
    };
    return (maxAgeMs) => {
        if (last === undefined || Date.now() - last.at > maxAgeMs) {
            last = { at: Date.now(), dead: look() };
        }
        return last.dead;
    };
}

async function whyDead(name: string, spoke: ClusterConnection): Promise<string | undefined> {
    const cluster = await findCluster(`clusters.${name}`, spoke);
    try {
        const { status } = await ask(cluster, "version");
        return status >= 500 ? `its API server answers ${status}` : undefined;
    } catch (error) {
        const { message } = error as Error;
        const isDead = !(error instanceof CertificateError) && message.includes("cannot be reached");
        return isDead ? "it does not answer" : undefined;
    }
}
