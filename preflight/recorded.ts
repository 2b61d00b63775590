import { describeMove, type Move, moveId } from "../clusters/moves";
import { generationAnnotation } from "../clusters/names";
import { promotionKey, type Promotions } from "../clusters/promotions";
import type { Registration } from "../clusters/registrations";
import { agentKey } from "../settings/agentKey";
import { pinOf, pinSetting, pinText, rollbackSetting } from "../settings/pins";
import type { EnvironmentSettings } from "../settings/environment";
import type { HubSettings } from "../settings/hub";

/**
 * Three facts change before Git has them: which cluster is active, to which revision a cluster is pinned, and which
 * token is in use. Each command records its change on the hub. The record has priority over a stack file that lacks the
 * change, because the checkout is older or the command's pull request is not merged.
 */

/** A setting that the hub's record contradicts. */
export interface Contradiction {
    /** Path of the setting, without the prefix `hubspoke:`. */
    readonly setting: string;
    readonly given: string | number;
    /** The hub's record. */
    readonly record: string;
    /** What to write. */
    readonly remedy: string;
}

/**
 * Refuses settings that the hub's records contradict.
 *
 * @throws Error that names each setting, the record, and what to write
 */
export function refuseContradictions(contradictions: readonly Contradiction[]): void {
    if (contradictions.length > 0) {
        throw new Error(contradictions.map(describeContradiction).join("\n  "));
    }
}

/** A contradiction in one line. */
export function describeContradiction({ setting, given, record, remedy }: Contradiction): string {
    return `hubspoke:${setting}: is ${given}, but ${record}. ${remedy}`;
}

/**
 * Compares `traffic.active` with the last move of users. A move that stopped before it changed the name allows both of
 * its clusters.
 *
 * @param published the cluster to which the users' name points now; undefined if the hub does not know that cluster
 */
export function contradictedActive(
    { traffic }: Pick<HubSettings, "traffic">,
    [last]: readonly Move[],
    published: string | undefined,
): readonly Contradiction[] {
    if (traffic === undefined || last === undefined || traffic.acknowledge === moveId(last)) {
        return [];
    }
    const allowed = last.state === "done" || published === last.to ? [last.to] : [last.from, last.to];
    return allowed.includes(traffic.active)
        ? []
        : [
              {
                  setting: "traffic.active",
                  given: traffic.active,
                  record: `the hub's last move of users went to ${last.to} (${describeMove(last)})`,
                  remedy:
                      `Write ${last.to}, as the failover's change of the stack file does. To send users to ` +
                      `${traffic.active} on purpose, write \`traffic.acknowledge: ${moveId(last)}\` too`,
              },
          ];
}

/** Compares pins with the promotions: finds revisions that a promotion superseded on that cluster. */
export function contradictedPins(
    { clusters }: Pick<EnvironmentSettings, "clusters">,
    promotions: Promotions,
): readonly Contradiction[] {
    const pins = Object.entries(clusters).flatMap(([cluster, settings]) =>
        [agentKey, ...Object.keys(settings.revisions)].map((application) => ({ cluster, application, settings })),
    );
    return pins.flatMap(({ cluster, application, settings }) => {
        const pin = pinOf(settings, application);
        const revision = pinText(pin);
        const promotion = promotions[promotionKey({ cluster, application })];
        const rollback = rollbackSetting(application);
        return promotion === undefined ||
            revision === undefined ||
            !promotion.superseded.includes(revision) ||
            pin.rollbackFrom === promotion.revision
            ? []
            : [
                  {
                      setting: `clusters.${cluster}.${pinSetting(application)}`,
                      given: revision,
                      record: `a promotion replaced it with ${promotion.revision} on ${promotion.at}`,
                      remedy:
                          `Write ${promotion.revision}, as the promotion's change of the stack file does. To roll back ` +
                          `on purpose, write \`${rollback}: ${promotion.revision}\` too`,
                  },
              ];
    });
}

/** Compares token generations with the tokens that the hub holds: a retired token cannot be used again. */
export function contradictedGenerations(
    { clusters }: Pick<EnvironmentSettings, "clusters">,
    existing: readonly Pick<Registration, "annotations" | "cluster" | "stack">[],
    stack: string,
): readonly Contradiction[] {
    const own = existing.filter((registration) => registration.stack === stack);
    return Object.entries(clusters).flatMap(([name, { credentials }]) => {
        const held = Number(own.find(({ cluster }) => cluster === name)?.annotations[generationAnnotation] ?? 0);
        return credentials.type === "token" && credentials.generation < held
            ? [
                  {
                      setting: `clusters.${name}.credentials.generation`,
                      given: credentials.generation,
                      record: `the hub holds token ${held}: this stack file lacks a rotation's change`,
                      remedy: `Write ${held}, or ${held + 1} for a new token, and \`retired: ${held - 1}\``,
                  },
              ]
            : [];
    });
}
