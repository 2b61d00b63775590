import { revisionAnnotation, revisionAnnotationOf } from "../../clusters/names";
import { pinIn } from "../../clusters/promotions";
import { clusterNamed } from "../../preflight/published";
import { type Contradiction, contradictedGenerations } from "../../preflight/recorded";
import { agentKey } from "../../settings/agentKey";
import type { EnvironmentSettings } from "../../settings/environment";
import type { HubSettings } from "../../settings/hub";
import { type Pin, pinOf, pinSetting, pinText, rollbackSetting } from "../../settings/pins";
import { agentName } from "../../settings/usersName";
import type { Deployed, DeployedCluster } from "./deployed";

/**
 * Compares `traffic.active` with the name that the hub published last.
 *
 * @param stack the hub's stack
 * @param confirmed the cluster that users reach, as the user confirms
 */
export function staleActive(
    stack: string,
    { domain, traffic }: Pick<HubSettings, "domain" | "traffic">,
    { target, clusters }: Deployed,
    confirmed: string | undefined,
): Contradiction[] {
    if (traffic === undefined) {
        return [];
    }
    const { active } = traffic;
    const setting = { setting: "traffic.active", given: active };
    if (confirmed !== undefined) {
        const remedy = `Write ${confirmed}, or leave out --active`;
        return confirmed === active ? [] : [{ ...setting, record: `--active names ${confirmed}`, remedy }];
    }
    const cluster = target && clusterNamed(target, clusters, { domain, traffic });
    if (target === undefined || cluster === active || target === agentName(domain, traffic, active)) {
        return [];
    }
    const wanted = cluster === undefined ? "the cluster with that name" : `${cluster}, as the failover's change of the stack file does`;
    const remedy =
        `Write ${wanted}. If somebody has moved users to ${active} by hand since, use: ` +
        `npm run rebuild -- --active ${active}`;
    return [{ ...setting, record: `the lost hub sent users to ${cluster ?? target} (the state of ${stack})`, remedy }];
}

/**
 * Compares the pins, the tokens and the clusters themselves with what an environment deployed last.
 *
 * @param stack the stack whose file has the settings
 * @param hub the hub's settings
 */
export function staleClusters(
    stack: string,
    settings: Pick<EnvironmentSettings, "clusters" | "clustersFrom">,
    { clusters }: Pick<Deployed, "clusters">,
    { rollout }: Pick<HubSettings, "rollout">,
): Contradiction[] {
    const own = clusters.filter((one) => one.stack === stack);
    const pinned = rollout.strategy === "pinned" ? own : [];
    return [
        ...pinned.flatMap((deployed) => stalePins(settings, deployed)),
        ...contradictedGenerations(settings, own, stack),
        ...own.flatMap((deployed) => removed(settings, deployed)),
    ];
}

function stalePins(
    { clusters }: Pick<EnvironmentSettings, "clusters">,
    { cluster, annotations, stack }: DeployedCluster,
): Contradiction[] {
    const settings = clusters[cluster];
    if (settings === undefined) {
        return [];
    }
    return pinnedIn(annotations).flatMap((application) => {
        const deployed = pinIn(annotations, application);
        const text = pinText(deployed) ?? "";
        const pin = pinOf(settings, application);
        if (pinText(pin) === text || pin.rollbackFrom === text) {
            return [];
        }
        const setting = `clusters.${cluster}.${pinSetting(application)}`;
        const rollback = `clusters.${cluster}.${rollbackSetting(application)}`;
        const meant = pin.revision && ` To deploy ${pinText(pin)} on purpose, write \`${rollback}: ${text}\` too`;
        return [
            {
                setting,
                given: pinText(pin) ?? "missing",
                record: `${text} was deployed last (the state of ${stack})`,
                remedy: `Write ${wordsOf(deployed)}, as the promotion's change of the stack file does.${meant ?? ""}`,
            },
        ];
    });
}

/** The applications with a pin in the annotations of a cluster Secret. */
function pinnedIn(annotations: DeployedCluster["annotations"]): string[] {
    const prefix = revisionAnnotationOf("");
    const keys = Object.keys(annotations).filter((key) => key.startsWith(prefix));
    const others = keys.map((key) => key.slice(prefix.length));
    return revisionAnnotation in annotations ? [agentKey, ...others] : others;
}

function wordsOf({ revision, values }: Pin): string {
    return values === undefined ? `${revision}` : `${revision}, and ${values} as the revision of the values`;
}

/** Without the registrations of the lost hub, no check would refuse the removal of a cluster. */
function removed(
    { clusters, clustersFrom }: Pick<EnvironmentSettings, "clusters" | "clustersFrom">,
    { cluster, stack }: DeployedCluster,
): Contradiction[] {
    return cluster in clusters || clustersFrom?.removed.includes(cluster)
        ? []
        : [
              {
                  setting: `clusters.${cluster}`,
                  given: "missing",
                  record: `the state of ${stack} has it: it would be removed, with all that is delivered to it`,
                  remedy: "Put it back, and remove it after the rebuild",
              },
          ];
}
