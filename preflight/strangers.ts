import { applicationOn, applicationSetPath, findApplication, isGenerated } from "../clusters/applications";
import type { ClusterAddress } from "../clusters/kubeconfig";
import { argoCdNamespace, domainAnnotation, managedByLabel, shortStackName } from "../clusters/names";
import type { Registration } from "../clusters/registrations";
import { find } from "../clusters/request";
import { agentKey } from "../settings/agentKey";
import { missingLabels } from "../components/applications/clusterFacts";

/** Whether the ApplicationSet gives the cluster an Application of the agent. */
export function isDelivered({ labels }: Pick<Registration, "labels">): boolean {
    return labels.deploy === "true" && missingLabels(labels).length === 0;
}

/**
 * Registrations with the label `deploy=true` that get no agent, or an agent that cannot be rendered: another tool
 * created them, or a person changed them.
 *
 * @returns a sentence about each one, with the remedy
 */
export function strangers(existing: readonly Registration[]): string[] {
    return existing.flatMap(({ secret, argoCdName, stack, labels, annotations }) => {
        const about = `cluster Secret ${secret} ("${argoCdName}") has the label deploy=true and lacks`;
        const missing = missingLabels(labels);
        if (missing.length > 0) {
            return [`${about} ${missing.join(", ")}: the agent is not delivered to it. ${remedy(stack)}`];
        }
        return labels.deploy === "true" && annotations[domainAnnotation] === undefined
            ? [`${about} the annotation ${domainAnnotation}: its Application cannot be rendered. ${remedy(stack)}`]
            : [];
    });
}

function remedy(stack: string | undefined): string {
    return stack === undefined
        ? "Adopt the cluster into its environment's stack (npm run adopt), or remove that label"
        : `Restore it: pulumi up --refresh --stack ${shortStackName(stack)}`;
}

interface ApplicationSet {
    readonly spec: {
        readonly generators: readonly {
            readonly clusters?: { readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> } };
        }[];
    };
}

/**
 * Refuses to remove the agent from a cluster that another tool or a person registered, while the hub's ApplicationSet
 * still selects `deploy=true` alone, as the last version did: Argo CD would delete the Application and its workloads.
 *
 * @throws Error that names each such Secret, and how to keep the agent there
 */
export async function refuseToOrphan(existing: readonly Registration[], hub: ClusterAddress): Promise<void> {
    const unchosen = existing.filter(({ labels }) => missingLabels(labels).length > 0);
    if (unchosen.length === 0 || !(await choosesByDeployAlone(hub))) {
        return;
    }
    const found = await Promise.all(
        unchosen.map(async (registration) => {
            const { secret, argoCdName, stack } = registration;
            const name = applicationOn(agentKey, argoCdName);
            const application = await findApplication(hub, argoCdNamespace, agentKey, argoCdName);
            const isTwin = existing.some(
                (other) => applicationOn(agentKey, other.argoCdName) === name && isDelivered(other),
            );
            return application === undefined || !isGenerated(application) || isTwin
                ? []
                : [
                      `cluster Secret ${secret}: its Application ${application.metadata.name} would be deleted, with all that ` +
                          `it delivers. To keep it: ${stack === undefined ? labelCommand(registration) : remedy(stack)}`,
                  ];
        }),
    );
    if (found.flat().length > 0) {
        throw new Error(found.flat().join("\n  "));
    }
}

async function choosesByDeployAlone(hub: ClusterAddress): Promise<boolean> {
    const set = await find<ApplicationSet>(hub, applicationSetPath(argoCdNamespace, agentKey));
    const generators = set?.spec.generators ?? [];
    return generators.some(({ clusters }) => clusters?.selector?.matchLabels?.[managedByLabel] === undefined);
}

function labelCommand({ secret, labels }: Registration): string {
    const missing = missingLabels(labels).map((label) => (label.includes("=") ? label : `${label}=…`));
    return `kubectl label secret --namespace ${argoCdNamespace} ${secret} ${missing.join(" ")}`;
}
